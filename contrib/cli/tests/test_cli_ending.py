"""The end of a process: a run that is over is over, whatever its nodes have left in threads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

PACK = """
import asyncio, time
import anyio
from stratagem import Pack

pack = Pack("leaves")


@pack.node()
def plain() -> None:
    time.sleep(60)


@pack.node(effect="pure")
def pure() -> None:
    time.sleep(60)


@pack.node()
async def of_anyio() -> None:
    await anyio.to_thread.run_sync(time.sleep, 60, abandon_on_cancel=True)


@pack.node()
async def of_asyncio() -> None:
    await asyncio.to_thread(time.sleep, 60)


@pack.node()
def says(text: str) -> None:
    print(text)
"""

POINTS = "[stratagem.nodes]\nleaves = leaves:pack\n"
TRIO = ("--set", "run.backend=trio")
KINDS = [("plain", ()), ("pure", ()), ("of_anyio", ()), ("of_asyncio", ()), ("plain", TRIO), ("of_anyio", TRIO)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a pack, as an installed distribution."""
    (tmp_path / "leaves.py").write_text(PACK)
    info = tmp_path / "leaves-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: leaves\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    return tmp_path


def run(site: Path, *arguments: str, flow: str) -> tuple[int, str, str, float]:
    """Exit code, output, messages and seconds of ``stratagem run`` in a process of its own."""
    (site / "flow.json").write_text(textwrap.dedent(flow))
    command = [sys.executable, "-m", "stratagem", "run", "flow.json", "--set", "run.grace=0.2", *arguments]
    begun = time.perf_counter()
    env = {**os.environ, "PYTHONPATH": str(site)}
    ended = subprocess.run(command, cwd=site, env=env, capture_output=True, text=True, timeout=50, check=False)
    return ended.returncode, ended.stdout, ended.stderr, time.perf_counter() - begun


@pytest.mark.parametrize(("kind", "arguments"), KINDS)
def test_a_process_ends_with_its_run(site: Path, kind: str, arguments: tuple[str, ...]) -> None:
    """Whoever began the thread in which a function goes on; what follows the step runs, and is written."""
    flow = f"""
    {{"nodes": [
      {{"id": "a", "type": "leaves.{kind}", "timeout": 0.2, "on_error": "continue"}},
      {{"id": "b", "type": "leaves.says", "config": {{"text": "after"}}, "after": "a"}}
    ]}}
    """
    code, out, err, seconds = run(site, *arguments, flow=flow)
    assert (code, out) == (0, "after\n")
    assert "1 step done, 1 failed" in err
    assert "still run" in err or (kind, arguments) == ("of_anyio", TRIO)  # nobody knows of trio's own daemon threads
    assert "still run" in err or (kind, arguments) == ("of_anyio", TRIO)  # nobody knows of trio's own daemon threads
    assert "Traceback" not in err
    assert seconds < 30


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the platform has no fifos")
@pytest.mark.parametrize("arguments", [(), TRIO], ids=["asyncio", "trio"])
def test_an_interrupt_ends_a_process_that_reads_a_fifo(site: Path, arguments: tuple[str, ...]) -> None:
    """Nobody writes into it; the nodes that were cancelled are told, and the exit code is the signal's."""
    os.mkfifo(site / "pipe")
    (site / "flow.json").write_text('{"nodes": [{"id": "a", "type": "std.read_file", "config": {"path": "pipe"}}]}')
    command = [sys.executable, "-m", "stratagem", "run", "flow.json", "--set", "run.grace=0.2", *arguments]
    process = subprocess.Popen(command, cwd=site, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    seen = [process.stderr.readline() for _ in range(2)]
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 130, seen
    assert "cancelled nodes: a" in rest


def test_the_exit_code_of_a_run_that_left_threads_is_its_own(site: Path) -> None:
    """Failed is failed, and JSON is whole."""
    flow = '{"nodes": [{"id": "a", "type": "leaves.of_asyncio", "timeout": 0.2}]}'
    code, out, _, seconds = run(site, "--json", flow=flow)
    assert code == 1
    assert '"type": "StepTimeout"' in out
    assert out.endswith("}\n")
    assert seconds < 30


def test_a_run_that_ran_out_of_time_says_so(site: Path) -> None:
    """Apart from a step that did."""
    flow = '{"settings": {"timeout": 0.2}, "nodes": [{"id": "a", "type": "leaves.pure"}]}'
    code, out, err, _ = run(site, "--json", flow=flow)
    assert code == 1
    assert '"type": "RunTimeout"' in out
    assert "the run took longer than its time limit of 0.2 s. Raise 'timeout' in the workflow's settings" in err
