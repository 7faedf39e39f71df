"""Keeps standard output for results alone."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout


@contextmanager
def kept_for_results() -> Iterator[None]:
    """While it lasts, what anything prints goes to standard error: by ``print``, by C code, by child processes."""
    with ExitStack() as stack:
        if _is_the_real_one():
            stack.enter_context(_descriptor_moved())
        stack.enter_context(redirect_stdout(sys.stderr))
        yield


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
