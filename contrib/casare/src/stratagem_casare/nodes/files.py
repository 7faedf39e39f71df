"""Files and folders, one node each, and one node that does all of it by ``action``."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from stratagem.nodes import Context
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack
from stratagem_casare.storage import existing, path_of, target_of, write_whole
from stratagem_std.atomic import append_bytes, copy


@attrs.frozen(kw_only=True)
class Done:
    """What a file action gives; outputs that belong to other actions are None."""

    success: bool | None = None
    content: Any = None
    size: int | None = None
    file_path: str | None = None
    bytes_written: int | None = None
    deleted_path: str | None = None
    dest_path: str | None = None
    bytes_copied: int | None = None
    exists: bool | None = None
    is_file: bool | None = None
    is_dir: bool | None = None
    created: str | None = None
    modified: str | None = None
    extension: str | None = None
    name: str | None = None
    parent: str | None = None
    dir_path: str | None = None
    files: list[str] | None = None
    items: list[str] | None = None
    count: int | None = None


@pack.node("ReadFileNode", effect="read", reads=("file:*",))
def read_file(
    context: Context,
    file_path: Any = "",
    encoding: str = "utf-8",
    binary_mode: Any = False,
    errors: str = "strict",
    max_size: Any = 0,
) -> Done:
    """The content of a file, and its size in bytes; ``max_size`` bounds that, 0 does not."""
    raw = existing(path_of(context, file_path)).read_bytes()
    limit = coerce.whole(max_size)
    if 0 < limit < len(raw):
        raise ValueError(f"the file has {len(raw)} bytes, more than {limit}")
    content = raw if coerce.truth(binary_mode) else raw.decode(encoding, errors)
    return Done(content=content, size=len(raw), success=True)


@pack.node("WriteFileNode", writes=("file:*",))
def write_file(
    context: Context,
    file_path: Any = "",
    content: Any = "",
    encoding: str = "utf-8",
    binary_mode: Any = False,
    create_dirs: Any = True,
    errors: str = "strict",
    append_mode: Any = False,
) -> Done:
    """Writes a file, whole or not at all; with ``append_mode`` at its end."""
    path = path_of(context, file_path)
    raw = content if isinstance(content, bytes) else coerce.text(content).encode(encoding, errors)
    before = path.read_bytes() if coerce.truth(append_mode) and path.exists() else b""
    write_whole(path, before + raw, create_dirs=coerce.truth(create_dirs))
    return Done(file_path=str(path), bytes_written=len(raw), success=True)


@pack.node("AppendFileNode", writes=("file:*",))
def append_file(
    context: Context, file_path: Any = "", content: Any = "", encoding: str = "utf-8", create_if_missing: Any = True
) -> Done:
    """Writes at the end of a file."""
    path = path_of(context, file_path)
    if not coerce.truth(create_if_missing):
        existing(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = coerce.text(content).encode(encoding)
    append_bytes(path, raw)
    return Done(file_path=str(path), bytes_written=len(raw), success=True)


@pack.node("DeleteFileNode", writes=("file:*",))
def delete_file(context: Context, file_path: Any = "", ignore_missing: Any = False) -> Done:
    """Deletes a file."""
    path = path_of(context, file_path)
    if not coerce.truth(ignore_missing):
        existing(path)
    path.unlink(missing_ok=True)
    return Done(deleted_path=str(path), success=True)


@pack.node("CopyFileNode", writes=("file:*",))
def copy_file(
    context: Context, source_path: Any = "", dest_path: Any = "", overwrite: Any = False, create_dirs: Any = True
) -> Done:
    """Copies a file."""
    source, target = _ends(context, source_path, dest_path, overwrite, create_dirs)
    copy(source, target)
    return Done(dest_path=str(target), bytes_copied=target.stat().st_size, success=True)


@pack.node("MoveFileNode", writes=("file:*",))
def move_file(
    context: Context, source_path: Any = "", dest_path: Any = "", overwrite: Any = False, create_dirs: Any = True
) -> Done:
    """Moves or renames a file."""
    source, target = _ends(context, source_path, dest_path, overwrite, create_dirs)
    shutil.move(source, target)
    return Done(dest_path=str(target), success=True)


@pack.node("FileExistsNode", effect="read", reads=("file:*",))
def file_exists(context: Context, path: Any = "", check_type: str = "any") -> Done:
    """Whether there is a ``file``, a ``directory`` or ``any`` of both."""
    found = path_of(context, path)
    is_file, is_dir = found.is_file(), found.is_dir()
    wanted = {"file": is_file, "directory": is_dir}.get(check_type, is_file or is_dir)
    return Done(exists=wanted, is_file=is_file, is_dir=is_dir)


@pack.node("CreateDirectoryNode", writes=("file:*",))
def create_directory(context: Context, directory_path: Any = "", parents: Any = True, exist_ok: Any = True) -> Done:
    """Makes a folder."""
    path = path_of(context, directory_path)
    path.mkdir(parents=coerce.truth(parents), exist_ok=coerce.truth(exist_ok))
    return Done(dir_path=str(path), success=True)


@pack.node("ListFilesNode", effect="read", reads=("file:*",))
def list_files(context: Context, directory_path: Any = ".", pattern: str = "*", recursive: Any = False) -> Done:
    """The files of a folder that match a pattern, by name."""
    found = [path for path in _listed(path_of(context, directory_path), pattern, recursive) if path.is_file()]
    return Done(files=[str(path) for path in found], count=len(found), success=True)


@pack.node("FileSystemSuperNode")
def file_system(
    context: Context,
    action: str = "Read File",
    file_path: Any = "",
    path: Any = "",
    source_path: Any = "",
    directory_path: Any = "",
    dir_path: Any = "",
    dest_path: Any = "",
    content: Any = "",
    encoding: str = "utf-8",
    binary_mode: Any = False,
    max_size: Any = 0,
    create_dirs: Any = True,
    create_if_missing: Any = True,
    ignore_missing: Any = False,
    overwrite: Any = False,
    check_type: str = "any",
    parents: Any = True,
    exist_ok: Any = True,
    pattern: str = "*",
    recursive: Any = False,
    files_only: Any = False,
    dirs_only: Any = False,
    allow_dangerous_paths: Any = False,
) -> Done:
    """Does what ``action`` says, such as ``Read File`` or ``List Directory``, with the inputs that belong to it."""
    given = {name: value for name, value in locals().items() if name != "action"}
    given["file_path"] = file_path or path
    given["directory_path"] = directory_path or dir_path or path
    given["path"] = path or file_path
    chosen = _ACTIONS.get(action)
    if chosen is None:
        raise ValueError(f"there is no action {action!r}; there are {', '.join(_ACTIONS)}")
    act, inputs = chosen
    return act(**{name: given[name] for name in ("context", *inputs)})


def _list_directory(
    context: Context, directory_path: Any, pattern: str, recursive: Any, files_only: Any, dirs_only: Any
) -> Done:
    found = list(_listed(path_of(context, directory_path), pattern, recursive))
    if coerce.truth(files_only):
        found = [path for path in found if path.is_file()]
    if coerce.truth(dirs_only):
        found = [path for path in found if path.is_dir()]
    return Done(items=[str(path) for path in found], count=len(found), success=True)


def _get_size(context: Context, file_path: Any) -> Done:
    return Done(size=existing(path_of(context, file_path)).stat().st_size, success=True)


def _get_info(context: Context, file_path: Any) -> Done:
    path = existing(path_of(context, file_path))
    about = path.stat()
    return Done(
        size=about.st_size,
        created=datetime.fromtimestamp(about.st_ctime).isoformat(),
        modified=datetime.fromtimestamp(about.st_mtime).isoformat(),
        extension=path.suffix,
        name=path.name,
        parent=str(path.parent),
        success=True,
    )


def _ends(context: Context, source: Any, target: Any, overwrite: Any, create_dirs: Any) -> tuple[Path, Path]:
    from_ = path_of(context, source)
    to = target_of(
        from_, path_of(context, target), overwrite=coerce.truth(overwrite), create_dirs=coerce.truth(create_dirs)
    )
    return from_, to


def _listed(folder: Path, pattern: str, recursive: Any) -> Iterator[Path]:
    yield from sorted(existing(folder).rglob(pattern) if coerce.truth(recursive) else folder.glob(pattern))


_ACTIONS: Mapping[str, tuple[Callable[..., Done], tuple[str, ...]]] = MappingProxyType(
    {
        "Read File": (read_file, ("file_path", "encoding", "binary_mode", "max_size")),
        "Write File": (write_file, ("file_path", "content", "encoding", "binary_mode", "create_dirs")),
        "Append File": (append_file, ("file_path", "content", "encoding", "create_if_missing")),
        "Delete File": (delete_file, ("file_path", "ignore_missing")),
        "Copy File": (copy_file, ("source_path", "dest_path", "overwrite", "create_dirs")),
        "Move File": (move_file, ("source_path", "dest_path", "overwrite", "create_dirs")),
        "File Exists": (file_exists, ("path", "check_type")),
        "Get File Size": (_get_size, ("file_path",)),
        "Get File Info": (_get_info, ("file_path",)),
        "Create Directory": (create_directory, ("directory_path", "parents", "exist_ok")),
        "List Files": (list_files, ("directory_path", "pattern", "recursive")),
        "List Directory": (_list_directory, ("directory_path", "pattern", "recursive", "files_only", "dirs_only")),
    }
)
