"""A pack of nodes for these tests as a real distribution, workflow files, and the command line in process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stratagem_cli import main

Cli = Callable[..., tuple[int, str, str]]
Flow = Callable[..., str]
Process = Callable[..., "subprocess.Popen[str]"]

PACK = '''
"""Nodes for tests of the command line."""

import datetime
import math
import os
import pathlib
import signal
import time

import anyio

from stratagem import Body, BreakLoop, Context, Example, Pack, Retry

pack = Pack("clitest")


class Odd:
    def __repr__(self) -> str:
        return "<odd>"


@pack.node(effect="pure", runs="loop", cost=0.5, examples=(Example({"value": 1}, gives={"result": 1}),))
def echo(value: object, optional: int = 7) -> object:
    """Gives what it gets.

    And no more.
    """
    return value


@pack.node()
async def boom(text: str = "boom") -> int:
    """Fails."""
    raise ValueError(text)


@pack.node()
async def liar() -> int:
    """Gives what it says it does not."""
    return "no number"


@pack.node(retries=Retry(3, 0.001), idempotent=True)
async def flaky(context: Context) -> int:
    """Fails once."""
    if context.attempt == 1:
        raise ValueError("not yet")
    return context.attempt


@pack.node()
async def wait(seconds: float) -> str:
    """Waits."""
    await anyio.sleep(seconds)
    return "slept"


@pack.node()
async def noisy() -> object:
    """Prints, and so does its child process."""
    print("from python")
    await anyio.run_process(["echo", "from a child"], stdout=None)
    return {"nan": math.nan, "day": datetime.date(2020, 1, 2), "path": pathlib.PurePosixPath("/a"), 3: Odd()}


@pack.node(runs="loop")
def log(message: object, context: Context, level: int = 20) -> None:
    """Logs."""
    context.log.log(level, "%s", message)


@pack.node(handles=("loop",), body_ports={"body": ("item",)})
async def each(items: list[object], body: Body) -> None:
    """Runs its body for each item."""
    for item in items:
        try:
            await body({"item": item})
        except BreakLoop:
            return


@pack.node()
async def leave() -> None:
    """Leaves the loop."""
    raise BreakLoop


@pack.node(resources={"page": "browser"})
async def click(page: object) -> None:
    """Needs a browser."""


@pack.node()
async def interrupted(signum: int = 2, times: int = 1, shielded: bool = False) -> None:
    """Sends signals to its own process, and waits to be cancelled."""
    os.kill(os.getpid(), signum)
    with anyio.CancelScope(shield=shielded):
        if times > 1:
            await anyio.sleep(0.4)
            os.kill(os.getpid(), signum)
        await anyio.sleep(60)


@pack.node()
async def doubled() -> None:
    """Sends a signal twice, as one who sends it to a process and to its group does."""
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    await anyio.sleep(60)


@pack.node()
async def blocked() -> None:
    """Blocks the event loop while two signals come."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.4)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
'''


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the distribution ``cli-test 1.2``, for ``sys.path``."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "cli_test_pack.py").write_text(PACK, "utf-8")
    info = folder / "cli_test-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cli-test\nVersion: 1.2\n", "utf-8")
    (info / "entry_points.txt").write_text("[stratagem.nodes]\nclitest = cli_test_pack:pack\n", "utf-8")
    return folder


@pytest.fixture(autouse=True)
def _surroundings(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack is installed, and the current folder is an empty one without a config."""
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STRATAGEM_CONFIG", raising=False)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Carries out a command in this process: exit code, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def flow(tmp_path: Path) -> Flow:
    """Writes a workflow file; a node is (id, type of the pack, config, other keys)."""

    def write(*nodes: tuple[Any, ...], name: str = "flow.json", **top: Any) -> str:
        listed = [node_of(*node) for node in nodes]
        (tmp_path / name).write_text(json.dumps({"stratagem": 1, "nodes": listed, **top}, indent=1), "utf-8")
        return name

    return write


def node_of(id_: str, type_: str, config: Any = None, others: Any = None) -> dict[str, Any]:
    """A node as the native format writes it; its bodies are lists of such tuples."""
    node = {"id": id_, "type": f"clitest.{type_}", "config": config or {}, **(others or {})}
    if "bodies" in node:
        node["bodies"] = {name: [node_of(*inner) for inner in body] for name, body in node["bodies"].items()}
    return node


@pytest.fixture
def process(site: Path) -> Process:
    """Starts the command in a process of its own."""

    def start(*arguments: str, env: dict[str, str] | None = None, **options: Any) -> "subprocess.Popen[str]":
        path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
        command = [sys.executable, "-W", "error", "-m", "stratagem", *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path, **(env or {})}, **streams)

    return start
