"""Traces over the edges of a run: to servers, to processes, under every strategy."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from otel_kernels import otel
from otlp_receiver import Receiver, http_receiver
from stratagem import Config, Kernel, Strategy
from stratagem_casare.plugin import CasarePlugin, CasareSettings
from stratagem_testing import node, workflow_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of OTLP."""
    with http_receiver() as found:
        yield found


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of a server that answers with the headers of the request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("schedule", ["sequential", "dag"])
async def test_http_requests_carry_the_node_s_span(receiver: Receiver, echo: str, schedule: str) -> None:
    """So that what the server does is in the same trace, under the node."""
    workflow = workflow_of(
        *(node(f"get{i}", "std.http_request", {"url": echo}) for i in range(3)),
        node("own", "std.http_request", {"url": echo, "headers": {"traceparent": "mine"}}),
        node("casare", "casare.HttpRequestNode", {"url": echo}),
    )
    config = Config(strategy=Strategy(schedule=schedule))
    async with Kernel(config, plugins=[otel(receiver)]) as kernel:
        result = (await kernel.run(workflow)).raise_for_error()
    for id_ in ("get0", "get1", "get2"):
        span = receiver.node(id_)
        assert result.outputs[id_]["json"]["traceparent"].split("-")[1:3] == [span.trace, span.id]
    casare = receiver.node("casare")
    assert result.outputs["casare"]["response_json"]["traceparent"].split("-")[2] == casare.id
    assert result.outputs["own"]["json"]["traceparent"] == "mine"


async def test_without_the_plugin_nothing_is_carried(echo: str) -> None:
    """No header, no variable."""
    async with Kernel(Config()) as kernel:
        result = await kernel.run(workflow_of(node("get", "std.http_request", {"url": echo})))
    assert "traceparent" not in result.raise_for_error().outputs["get"]["json"]


async def test_processes_find_the_node_s_span_in_their_environment(receiver: Receiver) -> None:
    """By TRACEPARENT, as this plugin itself reads it."""
    script = "import os; print(os.environ.get('TRACEPARENT'))"
    command = {"command": sys.executable, "args": ["-c", script]}
    plugins = [otel(receiver), CasarePlugin(CasareSettings(allow_commands=True))]
    async with Kernel(Config(), plugins=plugins) as kernel:
        result = await kernel.run(workflow_of(node("run", "casare.RunCommandNode", command)))
    span = receiver.node("run")
    assert result.raise_for_error().outputs["run"]["stdout"].split("-")[1:3] == [span.trace, span.id]


async def test_a_traced_process_goes_on_with_the_trace(receiver: Receiver, tmp_path: Any) -> None:
    """A workflow that a node of another one runs by the command line is under that node."""
    flow = tmp_path / "inner.json"
    flow.write_text(
        json.dumps({"name": "inner", "nodes": [{"id": "x", "type": "std.list_range", "config": {"end": 1}}]})
    )
    settings = {"endpoint": receiver.url, "protocol": "http/protobuf", "metrics": "none"}
    (tmp_path / "stratagem.toml").write_text(
        'schema = 1\n[plugins]\nuse = ["otel"]\n[settings.otel]\n'
        + "".join(f'{key} = "{value}"\n' for key, value in settings.items())
    )
    args = ["-m", "stratagem", "run", str(flow), "--quiet", "--config", str(tmp_path / "stratagem.toml")]
    command = {"command": sys.executable, "args": args}
    plugins = [otel(receiver), CasarePlugin(CasareSettings(allow_commands=True))]
    async with Kernel(Config(), plugins=plugins) as kernel:
        result = (await kernel.run(workflow_of(node("run", "casare.RunCommandNode", command)))).raise_for_error()
    assert result.outputs["run"]["return_code"] == 0, result.outputs["run"]
    inner, outer = receiver.one("workflow.run inner"), receiver.node("run")
    assert (inner.trace, inner.parent) == (outer.trace, outer.id)
