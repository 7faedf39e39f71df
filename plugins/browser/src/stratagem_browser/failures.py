"""Failures: which errors are failures of a step, and which artifacts have been kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from anyio import get_cancelled_exc_class

from stratagem import LeaveLoop, unwrap

if TYPE_CHECKING:
    from stratagem import StepRun


def failed(error: BaseException, step: StepRun) -> bool:
    """Return whether an error is a failure: no leaving of a loop, and a cancellation only at a time limit.

    That may be the limit of a step around it.
    """
    if isinstance(error, get_cancelled_exc_class()):
        return any(each.expired for each in (step, *step.ancestors()))
    return not isinstance(unwrap(error), LeaveLoop)


def error_around(step: StepRun) -> BaseException | None:
    """The failure that has ended what a lease was opened in by a step; None where nothing has failed."""
    return step.frame.home.error or step.run.error


def has_kept(error: BaseException, kind: str) -> bool:
    """Return whether an artifact of this kind was kept of the error, or of what it came from."""
    return any(note.startswith(f"{kind}: ") for each in _origins(error) for note in getattr(each, "__notes__", ()))


def _origins(error: BaseException | None) -> Iterator[BaseException]:
    """The error, its causes, and those of every error in a group."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _origins(each)
        error = error.__cause__
