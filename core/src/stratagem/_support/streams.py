"""Files that are no regular ones – a pipe, a device, an open descriptor – and is written into, never replaced."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO, Final

_LINKS: Final = 40
"""The number of symbolic links that are followed one after the other, as Linux has it."""


def is_stream(path: Path) -> bool:
    """Return whether a pipe, a device, a socket or a descriptor of this process is at ``path``, behind links or not."""
    if _descriptor(path) is not None:
        return True
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (S_ISREG(mode) or S_ISDIR(mode))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The stream at ``path``, to be written into; a pipe waits for its reader. Raises OSError."""
    number = _descriptor(path)
    if number is None:
        found = os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    else:
        # Opened by its path, a redirected output is a file that is written from its start, over what is there.
        _flush()
        found = os.dup(number)
    with open(found, "wb") as stream:
        yield stream


def _descriptor(path: Path) -> int | None:
    """The descriptor of this process that ``path`` stands for, as ``/dev/stdout`` does for 1."""
    for _ in range(_LINKS):
        folder, name = os.path.realpath(path.parent), path.name
        if name.isascii() and name.isdigit() and _is_own(folder):
            return int(name)
        try:
            path = Path(folder, os.readlink(Path(folder, name)))
        except OSError:  # no link
            return None
    return None


def _is_own(folder: str) -> bool:
    """Return whether it is the folder of this process's descriptors."""
    own = f"/proc/{os.getpid()}/"
    return folder == "/dev/fd" or (folder.startswith(own) and folder.endswith("/fd"))


def _flush() -> None:
    """Hands on what was printed before, so that the order stays."""
    for output in (sys.stdout, sys.stderr):
        if output is not None and not output.closed:
            output.flush()
