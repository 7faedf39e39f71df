"""Leftovers: temporary files and folders are written down while they exist, so that a later process clears those of a killed one.

Each process has a ledger in a folder that nobody but its user may write to, and holds a lock on it, which the operating
system takes back whenever the process ends: a ledger that can be locked is a dead process's. What it lists is removed only
where its name is one that is given here.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import re
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from uuid import uuid4

if sys.platform != "win32":
    import fcntl

log = logging.getLogger("stratagem")

PREFIX: Final = "stratagem-"
MOST_BYTES: Final = 1_000_000
"""So much of a ledger is read: it lists what exists at one moment."""

_OURS: Final = re.compile(r"\.[^/]{1,80}\.[0-9a-f]{32}\.part|stratagem-[^/]+", re.DOTALL)
_SUFFIX: Final = ".ledger"


def draft_of(target: Path) -> Path:
    """Return a new name beside ``target``, for a file that is to take its place once it is written."""
    return target.with_name(f".{target.name[:50]}.{uuid4().hex}.part")


@contextmanager
def noted(path: Path) -> Iterator[Path]:
    """Keep a temporary file or folder in the ledger; its name must be one of `draft_of`, or begin with `PREFIX`."""
    ledger = _ledger()
    ledger.add(path)
    try:
        yield path
    finally:
        ledger.drop(path)


@contextmanager
def temporary_folder(sort: str) -> Iterator[Path]:
    """Make a folder in the system's place for temporary ones; it is gone afterwards, with what is in it."""
    folder = make_folder(sort)
    try:
        yield folder
    finally:
        remove_folder(folder)


def make_folder(sort: str) -> Path:
    """Make such a folder, to be given to `remove_folder`; raises OSError."""
    folder = Path(tempfile.gettempdir(), f"{PREFIX}{sort}-{uuid4().hex}")
    _ledger().add(folder)
    folder.mkdir(mode=0o700)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove such a folder; what can't be removed stays."""
    shutil.rmtree(folder, ignore_errors=True)
    _ledger().drop(folder)


def clear_leftovers() -> None:
    """Remove what processes have left that were killed."""
    home = _home()
    for ledger in home.glob(f"*{_SUFFIX}") if sys.platform != "win32" and _is_private(home) else ():
        try:
            _clear(ledger)
        except OSError as error:  # another process was quicker, or owns it
            log.debug("the ledger %s is left: %s", ledger, error)


class _Ledger:
    """Lists paths as lines of JSON; it is emptied whenever nothing of them is left."""

    def __init__(self, file: int | None) -> None:
        self._file = file
        self._paths: set[Path] = set()
        self._lock = threading.Lock()

    def add(self, path: Path) -> None:
        with self._lock:
            self._paths.add(path)
            self._write(json.dumps(str(path.absolute())).encode() + b"\n")

    def drop(self, path: Path) -> None:
        with self._lock:
            self._paths.discard(path)
            if not self._paths:
                self._write(None)

    def _write(self, line: bytes | None) -> None:
        """Adds a line, or empties the file; a disk that is full costs the protection, not the run."""
        if self._file is None:
            return
        try:
            if line is None:
                os.ftruncate(self._file, 0)
            else:
                os.write(self._file, line)
        except OSError as error:
            log.debug("the ledger can't be written: %s", error)


@cache
def _ledger() -> _Ledger:
    """The process's own: what it notes belongs to the process, whichever kernel wrote it."""
    try:
        return _Ledger(_begun() if sys.platform != "win32" else None)
    except OSError as error:
        log.debug("no ledger can be kept in %s: %s", _home(), error)
        return _Ledger(None)


def _begun() -> int | None:
    home = _home()
    home.mkdir(mode=0o700, exist_ok=True)
    if not _is_private(home):
        return None
    new = home / f"{uuid4().hex}.new"
    number = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    _require_lock(number)
    ledger = new.rename(new.with_suffix(_SUFFIX))  # only now may others look at it
    atexit.register(ledger.unlink, missing_ok=True)
    return number


def _home() -> Path:
    return Path(tempfile.gettempdir(), f"{PREFIX}{os.getuid() if sys.platform != 'win32' else ''}")


def _is_private(home: Path) -> bool:
    """Return whether the folder is there, is no link, and only this user may write to it."""
    try:
        found = home.lstat()
    except OSError:
        return False
    mine = sys.platform == "win32" or found.st_uid == os.getuid()
    return stat.S_ISDIR(found.st_mode) and mine and not found.st_mode & 0o022


def _require_lock(number: int) -> None:
    if sys.platform != "win32":
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _clear(ledger: Path) -> None:
    number = os.open(ledger, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(number, "rb") as file:
        _require_lock(number)
        for line in file.read(MOST_BYTES).splitlines():
            _remove(line)
        ledger.unlink(missing_ok=True)


def _remove(line: bytes) -> None:
    try:
        path = Path(json.loads(line))
    except (ValueError, TypeError, RecursionError):  # it was cut off while it was written
        return
    if not _OURS.fullmatch(path.name) or not path.is_absolute():
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    elif path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
    else:
        return
    log.info("%s is removed, which a process left that was killed", path)
