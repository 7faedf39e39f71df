"""What the tests of the pack share: a kernel around single nodes, a server, contexts for direct calls."""

from __future__ import annotations

import json
import logging
import random
import shutil
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import define, field

from stratagem import Graph, Kernel, Node, Plugin, RunResult, Scheduler, Settings, StepRun, Workflow, hookimpl
from stratagem_std import pack
from stratagem_testing import ThingPlugin

SANDBOX = Path(__file__).parent / "sandbox"

LIMITS: Mapping[str, Any] = {"timeout": 20.0}
"""Settings of every workflow here: one that hangs is a failure, not the end of all tests."""

Run = Callable[..., Awaitable[RunResult]]


def _no_metric(*_: Any, **__: Any) -> None:
    """Direct calls are not measured."""


@define
class DirectContext:
    """A context for node functions that are called without a kernel."""

    directory: Path
    node_id: str = "example"
    run_id: str = "direct"
    attempt: int = 1
    random: random.Random = field(factory=lambda: random.Random(7))
    log: logging.LoggerAdapter[logging.Logger] = field(
        factory=lambda: logging.LoggerAdapter(logging.getLogger("stratagem.node"), {})
    )
    metric: Callable[..., None] = _no_metric
    artifact: Callable[..., None] = _no_metric
    trace_headers: Callable[[], dict[str, str]] = dict
    trace_environment: Callable[[], dict[str, str]] = dict


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A copy of the files that the examples name."""
    return Path(shutil.copytree(SANDBOX, tmp_path / "sandbox"))


@pytest.fixture
def context(sandbox: Path) -> DirectContext:
    """A context whose relative paths start in the sandbox."""
    return DirectContext(sandbox)


class AtOnce(Scheduler):
    """Starts every step as soon as it is ready."""

    def __init__(self) -> None:
        self._ready: deque[StepRun] = deque()

    def offer(self, step: StepRun) -> None:
        self._ready.append(step)

    def take(self) -> StepRun | None:
        return self._ready.popleft() if self._ready else None


class StartAtOnce(Plugin):
    """Answers ``schedule`` with it."""

    name = "at_once"

    @hookimpl
    def schedule(self, run: Any) -> Scheduler:
        return AtOnce()


@pytest.fixture
def schedule() -> str:
    """How workflows are scheduled: ``in-order`` is the reference, ``at-once`` starts all that is ready."""
    return "in-order"


@pytest.fixture
def plugins(schedule: str) -> tuple[Plugin, ...]:
    """The plugins of the kernels that run workflows here."""
    return (ThingPlugin(), StartAtOnce()) if schedule == "at-once" else (ThingPlugin(),)


@pytest.fixture
def run(sandbox: Path, plugins: tuple[Plugin, ...]) -> Run:
    """Runs nodes, given in order, as a workflow in the sandbox; raises what ended it early."""

    async def run(*nodes: Node, variables: Mapping[str, Any] | None = None, **settings: Any) -> RunResult:
        workflow = Workflow(
            {node.id: node for node in nodes},
            variables=variables or {},
            settings=Settings(**{**LIMITS, **settings}),
            source=str(sandbox / "flow.yaml"),
        )
        async with Kernel(packs=[pack], plugins=plugins) as kernel:
            return (await kernel.run(workflow)).raise_for_error()

    return run


@pytest.fixture
def run_graph(sandbox: Path, plugins: tuple[Plugin, ...]) -> Run:
    """Runs a graph as a workflow in the sandbox; the result tells how it went."""

    async def run_graph(graph: Graph, variables: Mapping[str, Any] | None = None, **settings: Any) -> RunResult:
        workflow = Workflow(
            graph.nodes,
            graph.connections,
            graph.result,
            variables=variables or {},
            settings=Settings(**{**LIMITS, **settings}),
            source=str(sandbox / "flow.yaml"),
        )
        async with Kernel(packs=[pack], plugins=plugins) as kernel:
            return await kernel.run(workflow)

    return run_graph


class _Handler(BaseHTTPRequestHandler):
    """Answers by path: /greeting, /echo, /status/<n>, /moved, /typed, /slow, /drop."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values if len(values) > 1 else values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path.split("/")[1:]:
            case ["greeting"]:
                self._answer(200, json.dumps({"hello": query.get("name")}), "application/json")
            case ["query"]:
                self._answer(200, json.dumps(query), "application/json")
            case ["headers"]:
                self._answer(
                    200, json.dumps({name.lower(): value for name, value in self.headers.items()}), "application/json"
                )
            case ["status", code]:
                self._answer(int(code), "as asked for", "text/plain")
            case ["typed"]:
                type_ = parse_qs(parts.query)["type"][0]
                self._answer(200, '\ufeff{"path": "' + self.path + '"}', type_)
            case ["broken"]:
                self._answer(200, '{"a": ', "application/json")
            case ["moved"]:
                self.send_response(302)
                self.send_header("location", "/greeting?name=moved")
                self.send_header("content-length", "0")
                self.end_headers()
            case ["slow"]:
                time.sleep(0.5)
                self._answer(200, "late", "text/plain")
            case ["drop"]:
                self.close_connection = True

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        self._answer(200, text, self.headers["content-type"])

    do_PUT = do_POST  # noqa: N815 - the name that the standard library looks for

    def _answer(self, status: int, text: str, type_: str) -> None:
        content = text.encode()
        with suppress(ConnectionError):  # who asked may have gone
            self.send_response(status)
            self.send_header("content-type", type_)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of this machine can't reach the server of the tests."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a web server that runs in a thread as long as the tests."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()
