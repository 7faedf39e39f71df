"""Errors as users should meet them: never a bare group of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stratagem.errors import StepFailed, StratagemError
from stratagem.nodes.values import LeaveLoop


def unwrap(error: BaseException) -> BaseException:
    """The one error inside nested exception groups; of several, a failed step or a left loop; else the group."""
    while isinstance(error, BaseExceptionGroup):
        parts = error.exceptions
        telling = [part for part in map(unwrap, parts) if isinstance(part, (StepFailed, LeaveLoop))]
        if len(parts) > 1 and not telling:
            return error
        error = telling[0] if telling else parts[0]
    return error


def step_failed(
    error: BaseException, node: Any, provider: str, source: str | None, redact: Callable[[str], str] = str
) -> StepFailed:
    """The StepFailed that tells of ``error``, which becomes its cause; texts of ``error`` go through ``redact``."""
    if isinstance(error, StepFailed):
        if error.node == node.id:  # one of a body's step, passed on by its owner, keeps its place
            error.file, error.line = error.file or source, error.line or node.line
            error.what = redact(error.what)
            error.args = (error.what,)
        return error.with_traceback(None)  # the owners' frames that it came through hold all that they do
    said = redact(str(error))
    what = said if isinstance(error, StratagemError) else f"{type(error).__name__}: {said}"
    failed = StepFailed(
        what.rstrip(". "), file=source, line=node.line, node=node.id, provider=provider or None, hint=None
    )
    failed.said = said
    failed.__cause__ = _below_the_engine(error)
    return failed


def _below_the_engine(error: BaseException) -> BaseException:
    """Leave the strand out of an error's traceback: it goes on, and its frame holds whatever it runs by then."""
    traceback = error.__traceback__
    return error if traceback is None or traceback.tb_next is None else error.with_traceback(traceback.tb_next)
