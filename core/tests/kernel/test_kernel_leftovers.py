"""What a killed process leaves is cleared by the next run; what is another's, or not surely ours, never."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest

from stratagem import Kernel
from stratagem._support.leftovers import PREFIX, clear_leftovers, draft_of, noted, temporary_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ledgers need locks that end with their process")

KILLED = """
import os, signal
from pathlib import Path
from stratagem._support.leftovers import draft_of, make_folder, noted
with noted(draft_of(Path("out.txt"))) as draft:
    draft.write_text("half")
    (make_folder("test") / "inside").write_text("x")
    print("ready", flush=True)
    WAIT
"""
DIE, WAIT = "os.kill(os.getpid(), signal.SIGKILL)", "input()"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's place for temporary files, as these tests and their processes have it."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


def begin(end: str) -> subprocess.Popen[str]:
    code = KILLED.replace("WAIT", end)
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate("\n")


def left(temporary: Path) -> list[str]:
    """The drafts here, and the folders there."""
    return [path.name for path in (*Path().iterdir(), *temporary.glob(f"{PREFIX}test-*"))]


@pytest.mark.anyio
async def test_a_run_clears_what_a_killed_process_left(temporary: Path) -> None:
    """Drafts beside their targets, and temporary folders with what is in them; and the ledger itself."""
    finish(begin(DIE))
    assert len(left(temporary)) == 2
    async with Kernel():
        assert left(temporary) == []


def test_what_a_live_process_works_on_is_left(temporary: Path) -> None:
    """A process that ends by itself sees to it itself, and takes its ledger along."""
    process = begin(WAIT)
    clear_leftovers()
    assert len(left(temporary)) == 2
    finish(process)
    assert process.returncode == 0
    assert list(temporary.glob("*/*.ledger")) == []


@pytest.mark.parametrize("name", ["notes.txt", ".notes.txt.part", ".x.0123.part", "stratagem.toml"])
def test_a_path_that_is_not_surely_ours_is_left(name: str, temporary: Path) -> None:
    """Whatever a ledger says."""
    Path(name).write_text("mine", "utf-8")
    forged(temporary, str(Path(name).absolute()), name, 5, None)
    clear_leftovers()
    assert Path(name).read_text("utf-8") == "mine"


def test_a_ledger_that_others_may_write_to_is_not_read(temporary: Path) -> None:
    """Anybody could have written it."""
    draft = draft_of(Path("out.txt").absolute())
    draft.touch()
    home = forged(temporary, str(draft))
    home.chmod(0o777)
    clear_leftovers()
    assert draft.exists()
    home.chmod(0o700)
    clear_leftovers()
    assert not draft.exists()


def test_a_link_is_removed_and_not_followed(temporary: Path) -> None:
    """Where it leads to is not ours."""
    kept = temporary / "kept"
    kept.mkdir()
    link = temporary / f"{PREFIX}link"
    link.symlink_to(kept)
    forged(temporary, str(link))
    clear_leftovers()
    assert (kept.exists(), link.is_symlink()) == (True, False)


def forged(temporary: Path, *paths: object) -> Path:
    import os

    home = temporary / f"{PREFIX}{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    lines = "".join(json.dumps(path) + "\n" for path in paths) + "half a line"
    (home / f"{uuid4().hex}.ledger").write_text(lines, "utf-8")
    return home


def test_nothing_is_left_of_what_ends_well(tmp_path: Path) -> None:
    """Nor of what ends with an error."""
    with temporary_folder("test") as folder, noted(draft_of(tmp_path / "x")) as draft:
        draft.touch()
        draft.replace(tmp_path / "x")
        assert folder.is_dir()
    assert not folder.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
