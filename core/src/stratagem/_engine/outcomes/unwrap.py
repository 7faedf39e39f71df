"""Errors as users should meet them, never a bare group of one; and whether a cancellation is one."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import anyio

from stratagem.errors import SHOWN, PluginFailed, StepFailed, StratagemError, brief_of, text_of
from stratagem.nodes.values import LeaveLoop


def unwrap(error: BaseException) -> BaseException:
    """The one error inside nested exception groups; of several, what a plugin, a step or a left loop raised; else the group."""
    while isinstance(error, BaseExceptionGroup):
        parts = error.exceptions
        telling = [part for part in map(unwrap, parts) if isinstance(part, (PluginFailed, StepFailed, LeaveLoop))]
        telling.sort(key=lambda part: not isinstance(part, PluginFailed))
        if len(parts) > 1 and not telling:
            return error
        error = telling[0] if telling else parts[0]
    return error


def step_failed(
    error: BaseException, node: Any, provider: str, source: str | None, redact: Callable[[str], str] = str
) -> StepFailed:
    """The StepFailed that tells of ``error``, which becomes its cause; file, line, node and provider are said once.

    Texts of ``error`` go through ``redact``.
    """
    if isinstance(error, StepFailed):
        if error.way is None:  # the node's own, and not one of a body's step, which keeps its place
            error.node = error.node or node.id
            error.file, error.line = error.file or source, error.line or node.line
            error.what = redact(error.what)
            error.args = (error.what,)
        return error.with_traceback(None)  # the owners' frames that it came through hold all that they do
    place: dict[str, Any] = {"file": source, "line": node.line, "node": node.id, "provider": provider or None}
    if isinstance(error, StratagemError):
        failed = _of_ours(error, place)
        failed.said = redact(error.brief)
    else:
        failed = StepFailed(_text_of(error).rstrip(". "), **place)
        failed.said = redact(text_of(error))
    failed.what, failed.hint = redact(failed.what), redact(failed.hint) if failed.hint else None
    failed.args = (failed.what,)
    failed.__cause__ = _below_the_engine(error)
    return failed


def _below_the_engine(error: BaseException) -> BaseException:
    """Leave the strand out of an error's traceback: it goes on, and its frame holds whatever it runs by then."""
    traceback = error.__traceback__
    return error if traceback is None or traceback.tb_next is None else error.with_traceback(traceback.tb_next)


def _of_ours(error: StratagemError, place: dict[str, Any]) -> StepFailed:
    """Return what one of our own errors says of a step: where it has the step's place, that is not said again."""
    is_here = error.file in (None, place["file"]) and error.node in (None, place["node"])
    if error.problems != (error,) or error.more or not is_here:
        return StepFailed(str(error).rstrip(". "), **(place | {"provider": None} if error.provider else place))
    own = {"line": error.line or place["line"], "provider": error.provider or place["provider"]}
    return StepFailed(error.what.rstrip(". "), key=error.key, hint=error.hint, **place | own)


def _text_of(error: BaseException) -> str:
    """The error's class and text; of a group those of its parts."""
    if not isinstance(error, BaseExceptionGroup):
        return brief_of(error)
    parts = [_text_of(part) for part in error.exceptions[:SHOWN]]
    more = ["…"] if len(error.exceptions) > SHOWN else []
    return f"{len(error.exceptions)} errors: {'; '.join([*parts, *more])}"


def being_cancelled() -> bool:
    """Return whether the current task is being cancelled by a scope or task around it.

    False where a cancellation exception was raised by the code that runs here itself, such as by awaiting a future
    that somebody had cancelled.
    """
    if anyio.current_effective_deadline() == -math.inf:
        return True
    try:
        task = asyncio.current_task()
    except RuntimeError:  # not on asyncio
        return False
    return task is not None and task.cancelling() > 0
