"""Errors as lines on standard error, and as exit codes."""

import traceback
from collections.abc import Iterator

from stratagem.cli.console import Console
from stratagem.errors import RunError, StratagemError, describe

FAILED, UNUSABLE = 1, 2


def tell_error(console: Console, error: BaseException, *, debug: bool = False, file: str | None = None) -> None:
    """A line that starts with ``error: `` for each problem; ``file`` is told for problems that name no file."""
    if debug:
        console.tell("".join(traceback.format_exception(error)).rstrip())
    for text in lines_of(error, file):
        console.tell(text.replace("\n", "\n  "), "error")


def lines_of(error: BaseException, file: str | None = None) -> Iterator[str]:
    """What is to be told of each problem of an error, in the order of files and lines."""
    if not isinstance(error, StratagemError):
        yield f"{describe(error)}. This was not expected; --debug shows where it arose."
        return
    for problem in sorted(problems_of(error), key=lambda one: (one.file or "", one.line or 0)):
        text = str(problem)
        yield f"{file}: {text}" if file and not problem.file else text


def problems_of(error: StratagemError) -> Iterator[StratagemError]:
    """The single problems, also of errors that were raised together twice over."""
    for problem in error.problems:
        if problem is error:
            yield problem
        else:
            yield from problems_of(problem)


def exit_code(error: BaseException) -> int:
    """1 for what goes wrong in a run, 2 for what can't be used."""
    return UNUSABLE if isinstance(error, StratagemError) and not isinstance(error, RunError) else FAILED
