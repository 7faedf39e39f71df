"""CasareRPA's project templates and triggers, run with what they ask for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from corpora import ABSENT, CORPORA
from stratagem import Config, Kernel, RunResult, Strategy

FOLDER = CORPORA / "casare"
ROWS = "id,name,status\n1,Ann,active\n2,Bob,idle\n3,Cy,active\n"

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(find_spec("stratagem_casare") is None, reason="stratagem-casare is not installed"),
    pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT),
    pytest.mark.parametrize("schedule", ["sequential", "dag"]),
]


class Api(BaseHTTPRequestHandler):
    """Answers every request with the same object."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "items": [1, 2]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def api() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Api) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def run(name: str, schedule: str, folder: Path, **variables: Any) -> RunResult:
    """Runs a copy of the file in ``folder``, in which it reads and writes."""
    async with Kernel(Config(strategy=Strategy(schedule=schedule))) as kernel:
        return await kernel.run(kernel.load(shutil.copy(FOLDER / name, folder)), variables)


async def test_the_blank_project_does_nothing(schedule: str, tmp_path: Path) -> None:
    """Its start and its end are done."""
    result = await run("templates/blank_project.json", schedule, tmp_path)
    assert (result.status, result.steps["done"]) == ("done", 2)


async def test_triggers_start_what_they_lead_to(schedule: str, tmp_path: Path) -> None:
    """A flow with triggers that is run by hand runs every node after them."""
    result = await run("flows/batch_6_1_triggers.json", schedule, tmp_path)
    assert (result.status, result.steps["done"]) == ("done", 7)


async def test_the_pipeline_reads_its_table_and_writes_its_result(schedule: str, tmp_path: Path) -> None:
    """Where the variables say, below the folder of the file."""
    (tmp_path / "input").mkdir()
    (tmp_path / "input/data.csv").write_text(ROWS, "utf-8")
    result = (await run("templates/data_etl.json", schedule, tmp_path)).raise_for_error()
    assert result.outputs["ReadCSVNode_001"]["row_count"] == 3
    assert [row["name"] for row in result.outputs["ReadCSVNode_001"]["data"]] == ["Ann", "Bob", "Cy"]
    written = json.loads((tmp_path / "output/transformed.json").read_text("utf-8"))
    assert written == result.outputs["ListMapNode_001"]["result"]
    assert result.variables["record_count"] == len(written)


async def test_the_pipeline_without_its_input_says_so_and_goes_on(
    schedule: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In this dialect a file node tells by its ``success`` that it could not do its work; the log names it."""
    result = await run("templates/data_etl.json", schedule, tmp_path)
    assert result.outputs["ReadCSVNode_001"]["success"] is False
    assert any("input/data.csv" in record.getMessage() for record in caplog.records)


async def test_a_request_goes_where_the_variables_say(schedule: str, tmp_path: Path, api: str) -> None:
    """Its answer is an output, and the file after it is written."""
    result = await run("templates/api_webhooks.json", schedule, tmp_path, api_base_url=api)
    answer = result.raise_for_error().outputs["HttpRequestNode_001"]
    assert (answer["status_code"], answer["response_json"]) == (200, {"path": "/v1/data", "items": [1, 2]})
    assert (tmp_path / "output/api_response.json").is_file()
