"""Files: what is in them. Relative paths start at the folder of the workflow's file."""

import codecs
from pathlib import Path

from stratagem import Context, Example, atomic, is_stream, strict_json
from stratagem_std.paths import resolved, writable
from stratagem_std.registry import pack
from stratagem_std.secret_text import plain


@pack.node(
    effect="read", reads=("file:{path}",), examples=(Example({"path": "notes.txt"}, {"result": "first\nsecond\n"}),)
)
def read_file(path: str, context: Context, encoding: str = "utf-8") -> str:
    """Reads a text file, line ends as they are.

    A byte order mark is left out. Raises OSError, UnicodeDecodeError where the file is of another encoding.
    """
    return text_in(resolved(path, context).read_bytes(), encoding)


@pack.node(
    writes=("file:{path}",),
    idempotent=True,
    examples=(Example({"path": "out/report.txt", "text": "done\n"}, {"result": "out/report.txt"}),),
)
def write_file(
    path: str, text: str, context: Context, encoding: str = "utf-8", overwrite: bool = True, parents: bool = True
) -> str:
    """Writes a text file, all of it or nothing; gives its path.

    An existing file is replaced, or with ``overwrite`` false raises FileExistsError. With ``parents`` missing
    directories are made. Raises OSError.
    """
    target = writable(path, context, overwrite, parents)
    atomic.write_bytes(target, plain(text).encode(encoding))
    return path


@pack.node(
    reads=("file:{path}",),
    writes=("file:{path}",),
    examples=(Example({"path": "notes.txt", "text": "third\n"}, {"result": "notes.txt"}),),
)
def append_file(path: str, text: str, context: Context, encoding: str = "utf-8", parents: bool = True) -> str:
    """Adds text at the end of a file, all of it or nothing, and makes the file where there is none; gives its path."""
    target = writable(path, context, True, parents)
    atomic.append_bytes(target, further(target, plain(text), encoding))
    return path


@pack.node(
    reads=("file:{source}",),
    writes=("file:{target}",),
    idempotent=True,
    examples=(Example({"source": "notes.txt", "target": "copies/notes.txt"}, {"result": "copies/notes.txt"}),),
)
def copy_file(source: str, target: str, context: Context, overwrite: bool = False, parents: bool = True) -> str:
    """Copies a file to a new path, which is given back; times and mode are copied too.

    An existing ``target`` raises FileExistsError, unless ``overwrite``. Raises OSError.
    """
    old = _file(source, context)
    atomic.copy(old, writable(target, context, overwrite, parents))
    return target


@pack.node(
    writes=("file:{source}", "file:{target}"),
    examples=(Example({"source": "notes.txt", "target": "old/notes.txt"}, {"result": "old/notes.txt"}),),
)
def move_file(source: str, target: str, context: Context, overwrite: bool = False, parents: bool = True) -> str:
    """Moves a file to a new path, which is given back.

    An existing ``target`` raises FileExistsError, unless ``overwrite``. To another disk it is copied whole before the
    old one is removed. Raises OSError.
    """
    old = _file(source, context)
    atomic.move(old, writable(target, context, overwrite, parents))
    return target


@pack.node(
    writes=("file:{path}",),
    idempotent=True,
    examples=(
        Example({"path": "notes.txt"}, {"result": True}),
        Example({"path": "absent.txt", "missing_ok": True}, {"result": False}),
    ),
)
def delete_file(path: str, context: Context, missing_ok: bool = False) -> bool:
    """Deletes a file; tells whether there was one. None raises FileNotFoundError, unless ``missing_ok``."""
    target = resolved(path, context)
    if is_stream(target):
        raise OSError(f"{target} is no regular file")
    if not target.is_file() and not target.is_symlink():
        if missing_ok and not target.exists():
            return False
        raise FileNotFoundError(f"there is no file {target}")
    target.unlink()
    return True


def further(path: Path, text: str, encoding: str, errors: str = "strict") -> bytes:
    """The bytes to add to a file for text: a byte order mark, where the encoding has one, is for a file's start alone.

    Raises UnicodeEncodeError, LookupError.
    """
    encoder = codecs.getincrementalencoder(encoding)(errors)
    if is_stream(path) or (path.exists() and path.stat().st_size):
        encoder.setstate(0)  # as behind the mark
    return encoder.encode(text, final=True)


def text_in(content: bytes, encoding: str, errors: str = "strict") -> str:
    """The text that bytes stand for, a byte order mark left out; raises UnicodeDecodeError, LookupError."""
    return content.decode(encoding, errors).removeprefix(strict_json.MARK)


def _file(path: str, context: Context) -> Path:
    found = resolved(path, context)
    if is_stream(found):
        raise OSError(f"{found} is no regular file")
    if not found.is_file():
        raise FileNotFoundError(f"there is no file {found}")
    return found
