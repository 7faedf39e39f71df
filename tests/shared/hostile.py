"""Whatever a document holds: a call ends within a second or two, well or with a typed error that can be told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cpu_limit import cpu_limit
from stratagem import HookMisuse, Kernel, StratagemError, WorkflowError

SECONDS = 2.0
"""Of processor time for one document; the usual one takes a hundredth."""

MOST_TOLD = 200_000
"""Characters of all that is told of one document."""


def error_of(call: Callable[[], Any]) -> StratagemError | None:
    """The typed error that a call raises, all of it told; whatever else it raises is raised here too."""
    try:
        with cpu_limit(SECONDS):
            call()
    except HookMisuse:  # a hook of ours raised: that is a fault of ours, however it is dressed
        raise
    except StratagemError as error:
        tell(error)
        return error
    return None


def tell(error: StratagemError) -> None:
    """Makes the text of an error, hints included."""
    with cpu_limit(SECONDS):
        text = str(error)
    assert len(text) < MOST_TOLD, "all that is told has a bound"


def error_in(file: Path, kernel: Kernel) -> StratagemError | None:
    """The typed error of a workflow file that is loaded and compiled; what can be read of it all the same is compiled too."""
    error = error_of(lambda: kernel.compile(kernel.load(file)))
    if isinstance(error, WorkflowError) and error.rest is not None:
        error_of(lambda: kernel.compile(error.rest))
    return error
