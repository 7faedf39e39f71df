"""Files: which there are, and the directories they are in."""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePath

from attrs import frozen

from stratagem import Context, Example
from stratagem_std.paths import Kind, is_kind, resolved
from stratagem_std.registry import pack
from stratagem_std.secret_text import all_kept, plain


@frozen
class FileInfo:
    """A file or directory, as far as it is known unread; ``size`` in bytes, ``modified`` as ISO 8601 in UTC."""

    path: str
    name: str
    stem: str
    suffix: str
    directory: str
    kind: str
    size: int
    modified: str


@pack.node(
    effect="read",
    reads=("file:{path}",),
    examples=(
        Example({"path": "notes.txt"}, {"result": True}),
        Example({"path": "notes.txt", "kind": "directory"}, {"result": False}),
    ),
)
def file_exists(path: str, context: Context, kind: Kind = "any") -> bool:
    """Tells whether there is a file or directory of this path."""
    return is_kind(resolved(path, context), kind)


@pack.node(
    effect="read",
    reads=("file:{path}",),
    examples=(
        Example(
            {"path": "notes.txt"},
            {"name": "notes.txt", "stem": "notes", "suffix": ".txt", "directory": ".", "kind": "file", "size": 13},
        ),
    ),
)
def file_info(path: str, context: Context) -> FileInfo:
    """Tells name, size and time of a file or directory; raises FileNotFoundError where there is none."""
    found, pure = resolved(path, context), PurePath(plain(path))
    status = found.stat()
    kind = "directory" if found.is_dir() else "file"
    modified = datetime.fromtimestamp(status.st_mtime, UTC).isoformat()
    name, stem, suffix, directory = all_kept([pure.name, pure.stem, pure.suffix, str(pure.parent)], path)
    return FileInfo(path, name, stem, suffix, directory, kind, status.st_size, modified)


@pack.node(
    effect="read",
    reads=("file:*",),
    examples=(
        Example({"pattern": "*.txt"}, {"result": ["notes.txt"]}),
        Example({"recursive": True, "pattern": "*.csv"}, {"result": ["data/people.csv"]}),
    ),
)
def list_files(
    context: Context, path: str = ".", pattern: str = "*", recursive: bool = False, kind: Kind = "file"
) -> list[str]:
    """Lists the paths in a directory whose names match a pattern, in order of their names.

    ``pattern`` knows ``*``, ``?`` and ``[…]``. Paths begin with ``path`` as it was given and have slashes. Raises
    NotADirectoryError where there is no directory.
    """
    root = resolved(path, context)
    if not root.is_dir():
        raise NotADirectoryError(f"there is no directory {root}")
    if not pattern or "/" in pattern or "\\" in pattern or ".." in pattern:
        raise ValueError(f"expected a pattern for names, got {pattern!r}; the directory is given by path")
    found = root.rglob(plain(pattern)) if recursive else root.glob(plain(pattern))
    return all_kept(
        sorted(_given(plain(path), root, (entry for entry in found if is_kind(entry, kind)))), path, pattern
    )


@pack.node(
    writes=("file:*",), idempotent=True, examples=(Example({"path": "out/2024"}, {"result": "out/2024"}),)
)  # fmt: skip
def make_directory(path: str, context: Context, parents: bool = True, exist_ok: bool = True) -> str:
    """Makes a directory, and with ``parents`` those above it; gives its path. Raises OSError."""
    resolved(path, context).mkdir(parents=parents, exist_ok=exist_ok)
    return path


@pack.node(
    writes=("file:*",),
    idempotent=True,
    examples=(
        Example({"path": "data", "recursive": True}, {"result": True}),
        Example({"path": "absent", "missing_ok": True}, {"result": False}),
    ),
)
def delete_directory(path: str, context: Context, recursive: bool = False, missing_ok: bool = False) -> bool:
    """Deletes a directory, which must be empty unless ``recursive``; tells whether there was one. Raises OSError."""
    target = resolved(path, context)
    if missing_ok and not target.exists():
        return False
    if recursive:
        shutil.rmtree(target)
    else:
        target.rmdir()
    return True


def _given(path: str, root: Path, found: Iterable[Path]) -> Iterable[str]:
    start = PurePath(path)
    return ((start / entry.relative_to(root)).as_posix() for entry in found)
