"""Metrics that are served for Prometheus: over HTTP, and to the real one where it is installed."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import anyio
import pytest

from stratagem import Kernel
from stratagem_otel import OtelPlugin, OtelSettings
from stratagem_testing import node, sample, workflow_of

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
"""Seconds."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def serving(port: int) -> OtelPlugin:
    """The plugin, serving metrics and sending nothing."""
    return OtelPlugin(OtelSettings(traces="none", metrics="prometheus", prometheus=f"127.0.0.1:{port}"))


def fetch(url: str) -> str:
    """What is served there."""
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        text: str = answer.read().decode()
        return text


WORKFLOW = workflow_of(node("a", "sample.wait", {"seconds": 0.02}), node("bad", "sample.fail", on_error="continue"))


async def test_metrics_are_served_while_the_kernel_is_open() -> None:
    """In Prometheus' text format, durations among them; afterwards the port is free again."""
    url = f"http://127.0.0.1:{(port := free_port())}/metrics"
    async with Kernel(packs=[sample], plugins=[serving(port)]) as kernel:
        for _ in range(2):
            (await kernel.run(WORKFLOW)).raise_for_error()
        text = await anyio.to_thread.run_sync(fetch, url)
    lines = text.splitlines()
    waits = [
        line for line in lines if line.startswith("workflow_node_duration_seconds_bucket") and "sample.wait" in line
    ]
    assert [line.rsplit(" ", 1)[1] for line in waits if 'le="0.01"' in line or 'le="+Inf"' in line] == ["0.0", "2.0"]
    assert any(line.startswith("workflow_node_errors_total{") and line.endswith(" 2.0") for line in lines)
    assert any(line.startswith("workflow_run_duration_seconds_count{") for line in lines)
    assert any(line.startswith("process_memory_peak_bytes{") for line in lines)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


async def test_a_port_that_is_taken_is_an_error_of_the_plugin() -> None:
    """Which says where it was to be served."""
    from stratagem import StratagemError

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StratagemError, match=f"can't be served at 127.0.0.1:{port}"):
            async with Kernel(plugins=[serving(port)]):
                pass


@contextmanager
def prometheus(target: int, folder: Path) -> Iterator[int]:
    """A real Prometheus that scrapes a port; gives its own port."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed here: apt-get install prometheus")
    config = {
        "global": {"scrape_interval": "200ms", "scrape_timeout": "200ms"},
        "scrape_configs": [{"job_name": "robots", "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}],
    }
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config), "utf-8")  # which is YAML as well
    port = free_port()
    flags = [
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log").open("wb") as log, subprocess.Popen([program, *flags], stdout=log, stderr=log) as process:
        try:
            yield port
        finally:
            process.terminate()


def query(port: int, text: str) -> list[Any]:
    """What Prometheus answers, once it has an answer."""
    end = monotonic() + PATIENCE
    while True:
        try:
            found: list[Any] = json.loads(fetch(f"http://127.0.0.1:{port}/api/v1/query?query={quote(text)}"))["data"][
                "result"
            ]
        except OSError:
            found = []
        if found or monotonic() > end:
            return found
        sleep(0.1)


@pytest.mark.slow
async def test_a_real_prometheus_scrapes_them(tmp_path: Path) -> None:
    """And answers with how many steps of which type have run, and how long they took."""
    target = free_port()
    async with Kernel(packs=[sample], plugins=[serving(target)]) as kernel:
        for _ in range(3):
            (await kernel.run(WORKFLOW)).raise_for_error()
        with prometheus(target, tmp_path) as port:
            asked = 'workflow_node_duration_seconds_count{workflow_node_type="sample.wait"}'
            (count,) = await anyio.to_thread.run_sync(query, port, asked)
            asked = "histogram_quantile(0.5, sum by (le) (workflow_node_duration_seconds_bucket))"
            (middle,) = await anyio.to_thread.run_sync(query, port, asked)
    assert count["value"][1] == "3"
    assert count["metric"]["job"] == "robots"
    assert 0 < float(middle["value"][1]) < 0.1
