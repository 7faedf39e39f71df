"""Small workflows that once failed, and a server for them. They lie beside the checkout, and are absent elsewhere."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from repository import ROOT

CASES = ROOT.parent / "shared" / "cases"
WRITTEN_PORT = "8731"
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason="the given cases are not at hand: they lie beside the checkout and are no part of it"
)

DAG = '[strategy]\nschedule = "dag"\n'
PAGES = DAG + '[resources]\nbrowser = "playwright"\n[settings.playwright]\nsize = 3\n'


@frozen
class Ended:
    """How a command ended: its exit code, all that it printed, and its seconds."""

    code: int
    text: str
    seconds: float


@contextmanager
def case_server() -> Iterator[int]:
    """The cases' own server on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    with subprocess.Popen([sys.executable, CASES / "server.py", str(port)]) as server:
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()


def prepared(name: str, folder: Path, port: int = 0) -> Path:
    """The case and what lies beside it in a folder of its own, speaking to the server on ``port``."""
    case = CASES / name
    for each in (*case.parent.glob("*.yaml"), *case.parent.glob("*.json"), *case.parent.glob("*.py")):
        text = each.read_text().replace(f"127.0.0.1:{WRITTEN_PORT}", f"127.0.0.1:{port}")
        (folder / each.name).write_text(text)
    return folder / case.name


def command(*words: str | Path, folder: Path, config: str = DAG, limit: float = 30, **environment: str) -> Ended:
    """Run ``stratagem`` with these words in a folder."""
    (folder / "case.toml").write_text("schema = 1\n" + config)
    program = Path(sys.executable).with_name("stratagem")
    what = [str(program), str(words[0]), "--config", "case.toml", *map(str, words[1:])]
    return execute(what, folder, limit, **environment)


def execute(what: list[str], folder: Path, limit: float = 30, **environment: str) -> Ended:
    """Run a program in a folder, and return how it ended; raises TimeoutExpired."""
    begun = time.perf_counter()
    done = subprocess.run(
        what,
        cwd=folder,
        env={**os.environ, **environment, "NO_COLOR": "1", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=limit,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(errors="replace"), time.perf_counter() - begun)


def needs_program(name: str) -> pytest.MarkDecorator:
    """A test that uses a program of the system."""
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"there is no {name} here")


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("the server of the cases did not start")
