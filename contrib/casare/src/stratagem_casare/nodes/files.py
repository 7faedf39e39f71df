"""Files and folders, one node for each thing to do."""

from pathlib import Path
from typing import Any

import attrs

from stratagem import NOTHING, Context, Nothing, atomic
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import action_node, data_node
from stratagem_casare.storage import existing, path_of, target_of, write_whole
from stratagem_std import directories
from stratagem_std import files as std_files
from stratagem_std.paths import is_kind


@attrs.frozen(kw_only=True)
class Content:
    """The content of a file: text, or bytes in binary mode; its size in bytes."""

    content: Any = NOTHING
    size: int | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Written:
    """A file written to, as a path and as a list of one."""

    file_path: str | Nothing = NOTHING
    attachment_file: list[str] | Nothing = NOTHING
    bytes_written: int | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Appended:
    """A file added to."""

    file_path: str | Nothing = NOTHING
    bytes_written: int | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Deleted:
    """A file that is gone."""

    deleted_path: str | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Copied:
    """A copy, and its size in bytes."""

    dest_path: str | Nothing = NOTHING
    bytes_copied: int | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Moved:
    """The path at which a file is now."""

    dest_path: str | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Existence:
    """The answer to a question for a path: true if it is there, and what is there."""

    exists: bool
    is_file: bool
    is_dir: bool


@attrs.frozen(kw_only=True)
class Folder:
    """A folder made."""

    dir_path: str | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Listed:
    """Files found, in order of their paths."""

    files: list[str] | Nothing = NOTHING
    count: int | Nothing = NOTHING
    success: bool = True


@action_node("ReadFileNode", effect="read", reads=("file:*",))
def read_file(
    context: Context,
    file_path: Any = "",
    encoding: Any = "utf-8",
    binary_mode: Any = False,
    errors: Any = "strict",
    max_size: Any = 0,
    allow_dangerous_paths: Any = False,
) -> Content:
    """The content of a file, and its size in bytes; ``max_size`` bounds that, 0 does not."""
    path, limit = existing(path_of(context, file_path)), coerce.whole(max_size)
    if 0 < limit < path.stat().st_size:
        raise ValueError(f"{path} has {path.stat().st_size} bytes, more than {limit}")
    raw = path.read_bytes()
    content = raw if coerce.truth(binary_mode) else std_files.text_in(raw, coerce.text(encoding), coerce.text(errors))
    return Content(content=content, size=len(raw))


@action_node("WriteFileNode", writes=("file:*",))
def write_file(
    context: Context,
    file_path: Any = "",
    content: Any = "",
    encoding: Any = "utf-8",
    binary_mode: Any = False,
    create_dirs: Any = True,
    errors: Any = "strict",
    append_mode: Any = False,
    allow_dangerous_paths: Any = False,
) -> Written:
    """Writes a file, whole or not at all; with ``append_mode`` at its end."""
    path, append = path_of(context, file_path), coerce.truth(append_mode)
    raw = _bytes(content, encoding, errors, onto=path if append else None)
    if append:
        _append(path, raw, create_dirs)
    else:
        write_whole(path, raw, create_dirs=coerce.truth(create_dirs))
    return Written(file_path=str(path), attachment_file=[str(path)], bytes_written=len(raw))


@action_node("AppendFileNode", writes=("file:*",))
def append_file(
    context: Context,
    file_path: Any = "",
    content: Any = "",
    encoding: Any = "utf-8",
    create_if_missing: Any = True,
    allow_dangerous_paths: Any = False,
) -> Appended:
    """Writes at the end of a file."""
    path = path_of(context, file_path)
    raw = _bytes(content, encoding, "strict", onto=path)
    _append(path if coerce.truth(create_if_missing) else existing(path), raw, True)
    return Appended(file_path=str(path), bytes_written=len(raw))


@action_node("DeleteFileNode", writes=("file:*",))
def delete_file(
    context: Context, file_path: Any = "", ignore_missing: Any = False, allow_dangerous_paths: Any = False
) -> Deleted:
    """Deletes a file."""
    path = path_of(context, file_path)
    std_files.delete_file(str(path), context, coerce.truth(ignore_missing))
    return Deleted(deleted_path=str(path))


@action_node("CopyFileNode", writes=("file:*",))
def copy_file(
    context: Context,
    source_path: Any = "",
    dest_path: Any = "",
    overwrite: Any = False,
    create_dirs: Any = True,
    allow_dangerous_paths: Any = False,
) -> Copied:
    """Copies a file, into ``dest_path`` if that is a folder."""
    source, target = _ends(context, source_path, dest_path)
    std_files.copy_file(str(source), str(target), context, coerce.truth(overwrite), coerce.truth(create_dirs))
    return Copied(dest_path=str(target), bytes_copied=source.stat().st_size)


@action_node("MoveFileNode", writes=("file:*",))
def move_file(
    context: Context,
    source_path: Any = "",
    dest_path: Any = "",
    overwrite: Any = False,
    create_dirs: Any = True,
    allow_dangerous_paths: Any = False,
) -> Moved:
    """Moves or renames a file, into ``dest_path`` if that is a folder."""
    source, target = _ends(context, source_path, dest_path)
    std_files.move_file(str(source), str(target), context, coerce.truth(overwrite), coerce.truth(create_dirs))
    return Moved(dest_path=str(target))


@data_node("FileExistsNode", effect="read", reads=("file:*",))
def file_exists(
    context: Context, path: Any = "", check_type: Any = "any", allow_dangerous_paths: Any = False
) -> Existence:
    """Return whether there is a ``file``, a ``directory`` or ``any`` of both."""
    found, kind = path_of(context, path), coerce.text(check_type)
    wanted = is_kind(found, kind if kind in ("file", "directory") else "any")
    return Existence(exists=wanted, is_file=is_kind(found, "file"), is_dir=is_kind(found, "directory"))


@action_node("CreateDirectoryNode", writes=("file:*",))
def create_directory(
    context: Context,
    directory_path: Any = "",
    parents: Any = True,
    exist_ok: Any = True,
    allow_dangerous_paths: Any = False,
) -> Folder:
    """Makes a folder."""
    path = path_of(context, directory_path)
    directories.make_directory(str(path), context, coerce.truth(parents), coerce.truth(exist_ok))
    return Folder(dir_path=str(path))


@action_node("ListFilesNode", effect="read", reads=("file:*",))
def list_files(
    context: Context,
    directory_path: Any = ".",
    pattern: Any = "*",
    recursive: Any = False,
    allow_dangerous_paths: Any = False,
) -> Listed:
    """The files of a folder that match a pattern, by name."""
    folder = str(path_of(context, directory_path, "."))
    found = directories.list_files(context, folder, coerce.text(pattern) or "*", coerce.truth(recursive))
    return Listed(files=found, count=len(found))


def _bytes(content: Any, encoding: Any, errors: Any, *, onto: Path | None) -> bytes:
    """The content as it is written, at the end of a file if that is given."""
    if isinstance(content, bytes):
        return content
    text, codec, policy = coerce.text(content), coerce.text(encoding), coerce.text(errors)
    return text.encode(codec, policy) if onto is None else std_files.further(onto, text, codec, policy)


def _append(path: Path, raw: bytes, create_dirs: Any) -> None:
    if coerce.truth(create_dirs):
        path.parent.mkdir(parents=True, exist_ok=True)
    atomic.append_bytes(path, raw)


def _ends(context: Context, source: Any, target: Any) -> tuple[Path, Path]:
    from_ = path_of(context, source)
    return from_, target_of(from_, path_of(context, target))
