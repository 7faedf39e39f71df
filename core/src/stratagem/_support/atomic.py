"""Writing files so that others see the old content or the new one, never a half.

What is no regular file is written into: a pipe, a device or ``/dev/stdout`` is what it was.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stratagem._support.leftovers import draft_of, noted
from stratagem._support.streams import is_stream, opened


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces the content of a file, or makes it; raises OSError, and has changed nothing then."""
    if is_stream(path):
        _pour(content, path)
        return
    with beside(path) as draft:
        draft.write_bytes(content)


def copy(source: Path, target: Path) -> None:
    """Makes ``target`` a copy of the file ``source``, times and mode included; raises OSError."""
    if is_stream(target):
        _pour_file(source, target)
        return
    with beside(target) as draft:
        shutil.copy2(source, draft)


def move(source: Path, target: Path) -> None:
    """Gives the file ``source`` the path ``target``; raises OSError."""
    if is_stream(target):
        _pour_file(source, target)
        source.unlink()
        return
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy(source, target)
        source.unlink()


def append_bytes(path: Path, content: bytes) -> None:
    """Adds to the end of a file, or makes it; raises OSError, and takes back what was added then."""
    if is_stream(path):
        _pour(content, path)
        return
    with path.open("ab", buffering=0) as file:
        size = file.tell()
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
        except BaseException:
            file.truncate(size)
            raise


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A new file in the folder of ``path`` that takes its place, and its mode, once it is written.

    For what is no regular file it is a temporary file, whose content is written there.
    """
    stream = is_stream(path)
    target = path.resolve()
    with noted(_temporary() if stream else _draft_beside(target)) as draft:
        draft.touch(mode=0o600 if stream else 0o666, exist_ok=False)
        try:
            if target.exists() and not stream:
                draft.chmod(target.stat().st_mode & 0o7777)
            yield draft
            if stream:
                _pour_file(draft, path)
                draft.unlink()
            else:
                draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def _draft_beside(target: Path) -> Path:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no directory {target.parent}")
    return draft_of(target)


def _temporary() -> Path:
    import tempfile  # here, because few files are no regular ones

    return draft_of(Path(tempfile.gettempdir(), "stream"))


def _pour(content: bytes, target: Path) -> None:
    with opened(target) as stream:
        stream.write(content)


def _pour_file(source: Path, target: Path) -> None:
    with source.open("rb") as file, opened(target) as stream:
        shutil.copyfileobj(file, stream)
