"""Keeps standard output for results alone, and secrets out of what is printed."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from stratagem_cli.console import Console


@contextmanager
def kept_for_results() -> Iterator[None]:
    """While it lasts, what anything prints goes to standard error: by ``print``, by C code, by child processes."""
    with ExitStack() as stack:
        if _is_the_real_one():
            stack.enter_context(_descriptor_moved())
        stack.enter_context(redirect_stdout(sys.stderr))
        yield


@contextmanager
def prints_masked(console: Console) -> Iterator[None]:
    """While it lasts, what Python code prints goes out with the console's secrets masked."""
    with ExitStack() as stack:
        if sys.stdout is not None:
            stack.enter_context(redirect_stdout(_Masked(sys.stdout, console)))
        if sys.stderr is not None:
            stack.enter_context(redirect_stderr(_Masked(sys.stderr, console)))
        yield


class _Masked:
    """A stream that masks what is written to it, and else is the one that it writes to."""

    def __init__(self, stream: Any, console: Console) -> None:
        self._stream = stream
        self._console = console

    def write(self, text: str) -> int:
        self._stream.write(self._console.secrets.masked(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _is_the_real_one() -> bool:
    try:
        return sys.stdout.fileno() == 1 and sys.stderr.fileno() == 2
    except (OSError, ValueError, AttributeError):  # replaced by something in memory, or closed
        return False


@contextmanager
def _descriptor_moved() -> Iterator[None]:
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(own, 1)
        os.close(own)
