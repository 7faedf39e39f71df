"""Errors as lines on standard error, and as exit codes."""

import traceback
from collections.abc import Iterator
from typing import Any

from stratagem import RunError, StepFailed, StratagemError, Way, describe
from stratagem.hosting import LINE_CHARS, cut, to_tell
from stratagem_cli.console import Console

FAILED, UNUSABLE = 1, 2


def tell_error(console: Console, error: BaseException, *, debug: bool = False, file: str | None = None) -> None:
    """A line that starts with ``error: `` for each problem; ``file`` is told for problems that name no file."""
    if debug:
        console.log("".join(traceback.format_exception(error)).rstrip())
    fields = way_fields(error.way) if isinstance(error, StepFailed) else {}
    for text in lines_of(error, file):
        console.log(text.replace("\n", "\n  "), "error", **fields)


def lines_of(error: BaseException, file: str | None = None) -> Iterator[str]:
    """Yield what is to be told of each problem of an error, in the order of files and lines."""
    if not isinstance(error, StratagemError):
        yield f"{describe(error)}. This was not expected; --debug shows where it arose."
        return
    told, rest = to_tell(sorted(problems_of(error), key=lambda one: (one.file or "", one.line or 0)))
    for problem in told:
        text = str(problem) if len(told) == 1 else cut(str(problem), LINE_CHARS)
        yield f"{file}: {text}" if file and not problem.file else text
    yield from rest


def problems_of(error: StratagemError) -> Iterator[StratagemError]:
    """The single problems, also of errors that were raised together twice over."""
    for problem in error.problems:
        if problem is error:
            yield problem
        else:
            yield from problems_of(problem)


def way_fields(way: Way | None) -> dict[str, Any]:
    """The way to a step of a body for programs, and the innermost pass on it: number from 0, of how many, which item."""
    if way is None or not way.nested:
        return {}
    last = way.passes[-1] if way.passes else None
    own = (None, None, None) if last is None else (last.number, last.of, last.item)
    return {"way": way.text, **dict(zip(("pass", "of", "item"), own, strict=True))}


def exit_code(error: BaseException) -> int:
    """1 for what goes wrong in a run, 2 for what can't be used."""
    return UNUSABLE if isinstance(error, StratagemError) and not isinstance(error, RunError) else FAILED
