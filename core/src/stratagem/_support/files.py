"""Regular files, read within a bound; paths that people write."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

_SORTS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class FileTooLarge(OSError):  # noqa: N818 - it stands beside FileNotFoundError and its like, and reads as what is so
    """The file has more bytes than are read of its sort."""


def read_regular(path: str | os.PathLike[str], most: int) -> bytes:
    """Return the content of a regular file; pipes, devices and folders are never waited for.

    Raises:
        FileTooLarge: it has more than ``most`` bytes.
        OSError: it can't be opened, is no regular file, or the path is none; ``strerror`` says so.
    """
    try:
        _require_regular(os.stat(path).st_mode, path)
        # what is a file now may be a pipe when it is opened: that must not block either
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # NUL, or half of a surrogate pair
        raise OSError(errno.EINVAL, f"no file can have this name ({_reason(error)})") from None
    with open(number, "rb") as stream:
        _require_regular(os.fstat(number).st_mode, path)
        content = stream.read(most + 1)
    if len(content) > most:
        raise FileTooLarge(errno.EFBIG, f"the file is larger than {_shown_size(most)}", os.fspath(path))
    return content


def expand_home(path: str | Path) -> Path:
    """Return the path with ``~`` and ``~user`` replaced by home folders.

    Raises:
        OSError: the home folder is not known.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        what = f"the home folder that {Path(path).parts[0]!r} stands for is not known"
        raise OSError(errno.ENOENT, what) from None


def reason_of(error: OSError) -> str:
    """Return the reason alone, without the path."""
    return error.strerror or str(error)


def _require_regular(mode: int, path: str | os.PathLike[str]) -> None:
    if not stat.S_ISREG(mode):
        sort = next((name for is_it, name in _SORTS if is_it(mode)), "something else")
        raise OSError(errno.EINVAL, f"this is no regular file but {sort}", os.fspath(path))


def _reason(error: ValueError) -> str:
    return "it has half of a surrogate pair" if isinstance(error, UnicodeError) else "it has a NUL character"


def _shown_size(count: int) -> str:
    return f"{count // 1024**2} MiB" if count >= 1024**2 else f"{count // 1024} KiB"
