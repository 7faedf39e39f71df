"""One node that does everything with files, by its ``action``."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from stratagem import NOTHING, BadInput, Context, Nothing, brief, nearest
from stratagem_casare import coerce
from stratagem_casare.nodes import files
from stratagem_casare.nodes.lenient import action_node
from stratagem_casare.storage import existing, path_of
from stratagem_std.directories import file_info, list_files
from stratagem_std.paths import Kind


@attrs.frozen(kw_only=True)
class Size:
    """The size of a file, in bytes."""

    size: int
    success: bool = True


@attrs.frozen(kw_only=True)
class Info:
    """The facts of a file: times in ISO 8601 as this machine has them, size in bytes."""

    size: int
    created: str
    modified: str
    extension: str
    name: str
    parent: str
    success: bool = True


@attrs.frozen(kw_only=True)
class Entries:
    """The content of a folder, in order of the paths."""

    items: list[str]
    count: int
    success: bool = True


@attrs.frozen(kw_only=True)
class Outcome:
    """The outputs of all actions; those that belong to other ones are not given."""

    success: bool | Nothing = NOTHING
    content: Any = NOTHING
    size: int | Nothing = NOTHING
    file_path: str | Nothing = NOTHING
    attachment_file: list[str] | Nothing = NOTHING
    bytes_written: int | Nothing = NOTHING
    deleted_path: str | Nothing = NOTHING
    dest_path: str | Nothing = NOTHING
    bytes_copied: int | Nothing = NOTHING
    exists: bool | Nothing = NOTHING
    is_file: bool | Nothing = NOTHING
    is_dir: bool | Nothing = NOTHING
    created: str | Nothing = NOTHING
    modified: str | Nothing = NOTHING
    extension: str | Nothing = NOTHING
    name: str | Nothing = NOTHING
    parent: str | Nothing = NOTHING
    dir_path: str | Nothing = NOTHING
    files: list[str] | Nothing = NOTHING
    items: list[str] | Nothing = NOTHING
    count: int | Nothing = NOTHING


@action_node("FileSystemSuperNode")
def file_system(
    context: Context,
    action: Any = "Read File",
    file_path: Any = "",
    path: Any = "",
    source_path: Any = "",
    directory_path: Any = "",
    dir_path: Any = "",
    dest_path: Any = "",
    content: Any = "",
    encoding: Any = "utf-8",
    binary_mode: Any = False,
    errors: Any = "strict",
    max_size: Any = 0,
    create_dirs: Any = True,
    append_mode: Any = False,
    create_if_missing: Any = True,
    ignore_missing: Any = False,
    overwrite: Any = False,
    check_type: Any = "any",
    parents: Any = True,
    exist_ok: Any = True,
    pattern: Any = "*",
    recursive: Any = False,
    files_only: Any = False,
    dirs_only: Any = False,
    allow_dangerous_paths: Any = False,
) -> Outcome:
    """Does what ``action`` says, such as ``Read File`` or ``List Directory``, with the inputs that belong to it."""
    given = {name: value for name, value in locals().items() if name != "action"}
    given["file_path"] = file_path or path
    given["directory_path"] = directory_path or dir_path or path
    given["path"] = path or file_path
    act, inputs = _chosen(action)
    done = act(**{name: given[name] for name in ("context", *inputs)})
    return Outcome(**{"success": NOTHING, **attrs.asdict(done, recurse=False)})


def _chosen(action: Any) -> tuple[Callable[..., Any], tuple[str, ...]]:
    found = _ACTIONS.get(coerce.text(action))
    if found is None:
        hint = nearest(coerce.text(action), list(_ACTIONS)) or f"There are {', '.join(_ACTIONS)}."
        raise BadInput(f"there is no action {brief(action)}", key="action", hint=hint)
    return found


def _get_size(context: Context, file_path: Any) -> Size:
    return Size(size=existing(path_of(context, file_path)).stat().st_size)


def _get_info(context: Context, file_path: Any) -> Info:
    path = existing(path_of(context, file_path))
    known = file_info(str(path), context)
    return Info(
        size=known.size,
        created=_local(path.stat().st_ctime),
        modified=_local(path.stat().st_mtime),
        extension=known.suffix,
        name=known.name,
        parent=known.directory,
    )


def _list_directory(
    context: Context, directory_path: Any, pattern: Any, recursive: Any, files_only: Any, dirs_only: Any
) -> Entries:
    kind: Kind = "file" if coerce.truth(files_only) else "directory" if coerce.truth(dirs_only) else "any"
    folder = str(path_of(context, directory_path, "."))
    found = list_files(context, folder, coerce.text(pattern) or "*", coerce.truth(recursive), kind)
    return Entries(items=found, count=len(found))


def _local(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat()


_ACTIONS: Mapping[str, tuple[Callable[..., Any], tuple[str, ...]]] = MappingProxyType(
    {
        "Read File": (files.read_file, ("file_path", "encoding", "binary_mode", "errors", "max_size")),
        "Write File": (
            files.write_file,
            ("file_path", "content", "encoding", "binary_mode", "create_dirs", "errors", "append_mode"),
        ),
        "Append File": (files.append_file, ("file_path", "content", "encoding", "create_if_missing")),
        "Delete File": (files.delete_file, ("file_path", "ignore_missing")),
        "Copy File": (files.copy_file, ("source_path", "dest_path", "overwrite", "create_dirs")),
        "Move File": (files.move_file, ("source_path", "dest_path", "overwrite", "create_dirs")),
        "File Exists": (files.file_exists, ("path", "check_type")),
        "Get File Size": (_get_size, ("file_path",)),
        "Get File Info": (_get_info, ("file_path",)),
        "Create Directory": (files.create_directory, ("directory_path", "parents", "exist_ok")),
        "List Files": (files.list_files, ("directory_path", "pattern", "recursive")),
        "List Directory": (_list_directory, ("directory_path", "pattern", "recursive", "files_only", "dirs_only")),
    }
)
