"""Writing files so that others see the old content or the new one, never a half."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stratagem.leftovers import draft_of, noted


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces the content of a file, or makes it; raises OSError, and has changed nothing then."""
    with beside(path) as draft:
        draft.write_bytes(content)


def copy(source: Path, target: Path) -> None:
    """Makes ``target`` a copy of the file ``source``, times and mode included; raises OSError."""
    with beside(target) as draft:
        shutil.copy2(source, draft)


def move(source: Path, target: Path) -> None:
    """Gives the file ``source`` the path ``target``; raises OSError."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy(source, target)
        source.unlink()


def append_bytes(path: Path, content: bytes) -> None:
    """Adds to the end of a file, or makes it; raises OSError, and takes back what was added then."""
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
    """A new file in the folder of ``path`` that takes its place, and its mode, once it is written."""
    target = path.resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no directory {target.parent}")
    with noted(draft_of(target)) as draft:
        draft.touch(exist_ok=False)
        try:
            if target.exists():
                draft.chmod(target.stat().st_mode & 0o7777)
            yield draft
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
