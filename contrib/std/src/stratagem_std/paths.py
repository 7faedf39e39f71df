"""Paths as nodes are given them."""

import os
from pathlib import Path
from typing import Literal

from stratagem import Context, is_stream
from stratagem_std.secret_text import plain

Kind = Literal["any", "file", "directory"]


def resolved(path: str, context: Context) -> Path:
    """The path, starting at the step's directory if it is relative; raises ValueError for an empty one."""
    if not path:
        raise ValueError("the path is empty")
    return context.directory / plain(path)  # before 3.12, pathlib would take what a secret prints


def is_kind(path: Path, kind: str) -> bool:
    """Return whether there is a file, a directory, or either at ``path``."""
    if kind == "any":
        return os.path.exists(path)  # unlike pathlib's it takes a name that no file can have for that of none
    return os.path.isfile(path) if kind == "file" else os.path.isdir(path)


def writable(path: str, context: Context, overwrite: bool, parents: bool) -> Path:
    """The path of a file that is about to be written; with ``parents`` its directory is made.

    Raises:
        IsADirectoryError: it is a directory.
        FileExistsError: there is a file, and it must not be overwritten.
        FileNotFoundError: its directory does not exist, and is not to be made.
    """
    target = resolved(path, context)
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a directory; name the file in it")
    if not overwrite and target.exists() and not is_stream(target):  # nothing is lost where nothing is replaced
        raise FileExistsError(f"{target} exists; set overwrite to replace it")
    if parents:
        target.parent.mkdir(parents=True, exist_ok=True)
    elif not target.parent.is_dir():
        raise FileNotFoundError(f"there is no directory {target.parent}; set parents to make it")
    return target
