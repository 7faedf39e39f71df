"""Pipes, devices and descriptors are written into: they are afterwards what they were."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from stratagem import atomic
from stratagem._support.streams import is_stream

Write = Callable[[Path, bytes], None]

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")


class Reader:
    """Reads a pipe to its end, in a thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found = b""
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        self._found = self._path.read_bytes()

    def found(self) -> bytes:
        """What the writers have written, once they are gone."""
        self._thread.join(10)
        return self._found


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def drafted(path: Path, content: bytes) -> None:
    """Writes by way of a draft."""
    with atomic.beside(path) as draft:
        draft.write_bytes(content)


def copied(path: Path, content: bytes) -> None:
    """Writes by copying another file."""
    source = path.with_name("source")
    source.write_bytes(content)
    atomic.copy(source, path)


def moved(path: Path, content: bytes) -> None:
    """Writes by moving another file, which is gone then."""
    source = path.with_name("moved")
    source.write_bytes(content)
    atomic.move(source, path)
    assert not source.exists()


WRITES = (atomic.write_bytes, atomic.append_bytes, drafted, copied, moved)


@pytest.mark.parametrize("write", WRITES)
def test_a_pipe_is_written_into_and_stays_one(write: Write, pipe: Path) -> None:
    """Its reader gets the whole content, and nothing is left beside it."""
    reader, before = Reader(pipe), os.stat(pipe).st_ino
    write(pipe, b"content" * 20_000)
    assert reader.found() == b"content" * 20_000
    assert is_stream(pipe)
    assert os.stat(pipe).st_ino == before
    assert {path.name for path in pipe.parent.iterdir()} <= {"pipe", "source"}


def test_a_link_to_a_pipe_leads_into_it(pipe: Path, tmp_path: Path) -> None:
    """The link stays too."""
    link = tmp_path / "link"
    link.symlink_to("pipe")
    reader = Reader(pipe)
    atomic.write_bytes(link, b"x")
    assert reader.found() == b"x"
    assert link.is_symlink()
    assert is_stream(pipe)


@pytest.mark.parametrize("write", WRITES)
def test_a_device_is_written_into(write: Write, tmp_path: Path) -> None:
    """The null device swallows it, through a link from a folder of ours."""
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    write(link, b"x")
    assert link.is_symlink()
    assert is_stream(Path(os.devnull))


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("act", ["write_bytes", "append_bytes"])
def test_a_redirected_output_keeps_what_comes_before_and_after(name: str, act: str, tmp_path: Path) -> None:
    """Although it is a regular file, its descriptor is written to, after what was printed."""
    if not os.path.exists(name):
        pytest.skip("this system has no such path")
    code = (
        f"from pathlib import Path; from stratagem import atomic; print('before');atomic.{act}(Path({name!r}), b'x\\n')"
    )
    log = tmp_path / "all.log"
    with log.open("w") as output:
        for _ in range(2):
            subprocess.run([sys.executable, "-c", code], stdout=output, check=True, timeout=60)
    assert log.read_text() == "before\nx\nbefore\nx\n"


def test_a_descriptor_that_is_closed_is_an_error() -> None:
    """Nothing is made in its place."""
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    if not os.path.isdir("/dev/fd"):
        pytest.skip("descriptors have no paths here")
    with pytest.raises(OSError, match="descriptor"):
        atomic.write_bytes(Path(f"/dev/fd/{writing}"), b"x")


def test_regular_files_folders_and_nothing_are_no_streams(tmp_path: Path) -> None:
    """Also where a name is a number, or a link leads nowhere or in a circle."""
    (tmp_path / "1").write_text("")
    (tmp_path / "round").symlink_to("round")
    assert not any(is_stream(path) for path in (tmp_path, tmp_path / "1", tmp_path / "absent", tmp_path / "round"))
