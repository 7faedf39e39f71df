"""Requests against a real server on this machine."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from stratagem import Node, Workflow
from stratagem_casare import pack
from stratagem_testing import run_once

pytestmark = pytest.mark.anyio


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; under /missing with 404 and no JSON, /moved leads elsewhere, under /twice only the second time."""

    seen: list[str]

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that the standard library looks for

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.seen.append(self.path)
        if self.path == "/twice" and self.seen.count("/twice") < 2:
            return
        missing = self.path.startswith("/missing")
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = {"method": self.command, "path": self.path, "body": body, "headers": headers}
        moved = self.path.startswith("/moved")
        self.send_response(302 if moved else 404 if missing else 200)
        for name, value in (("Location", "/end"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Expires=Wed, 01")):
            if moved:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"nothing" if missing else json.dumps(asked).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    handler = type("Handler", (Echo,), {"seen": []})
    with HTTPServer(("127.0.0.1", 0), handler) as http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


async def given(type_: str, config: dict[str, Any], folder: Path = Path()) -> dict[str, Any]:
    workflow = Workflow({"x": Node("x", f"casare.{type_}", config)}, source=str(folder / "flow.json"))
    return dict((await run_once(workflow, packs=[pack])).raise_for_error().outputs["x"])


async def test_a_request_carries_headers_parameters_and_body(server: str) -> None:
    """A text as it is, as JSON unless another type is said; anything else as JSON."""
    config = {"url": f"{server}/x", "method": "post", "headers": {"A": 1}, "body": "text", "params": {"q": "1"}}
    answer = await given("HttpRequestNode", config)
    asked = answer["response_json"]
    assert (asked["method"], asked["path"], asked["body"], asked["headers"]["a"]) == ("POST", "/x?q=1", "text", "1")
    assert asked["headers"]["content-type"] == "application/json"
    assert (answer["status_code"], answer["success"], answer["error"]) == (200, True, "")
    config = {"url": server, "method": "POST", "body": {"k": 1}, "headers": '{"Content-Type": "text/x"}'}
    asked = (await given("HttpRequestNode", config))["response_json"]
    assert (json.loads(asked["body"]), asked["headers"]["content-type"]) == ({"k": 1}, "text/x")


async def test_a_bad_status_is_told_with_the_answer(server: str) -> None:
    """The flow may look at it."""
    answer = await given("HttpRequestNode", {"url": f"{server}/missing"})
    assert (answer["status_code"], answer["success"], answer["error"]) == (404, False, "404 Not Found")
    assert (answer["response_body"], answer["response_json"]) == ("nothing", None)


async def test_a_request_without_an_answer_is_sent_again_if_asked_for(server: str) -> None:
    """At once or after a pause, as often as is said."""
    config = {"url": f"{server}/twice", "retry_count": 1, "retry_delay": 0}
    assert (await given("HttpRequestNode", config))["success"] is True


async def test_a_file_is_fetched_whole_or_not_at_all(server: str, tmp_path: Path) -> None:
    """A bad status leaves nothing behind."""
    found = await given("HttpDownloadFileNode", {"url": f"{server}/f", "save_path": "d/f.json"}, tmp_path)
    path = tmp_path / "d" / "f.json"
    assert found == {"file_path": str(path), "file_size": path.stat().st_size, "success": True, "error": ""}
    assert json.loads(path.read_text("utf-8"))["path"] == "/f"
    missing = await given("HttpDownloadFileNode", {"url": f"{server}/missing", "save_path": "d/g"}, tmp_path)
    assert missing["error"] == f"GET {server}/missing answered 404 Not Found"
    assert [entry.name for entry in path.parent.iterdir()] == ["f.json"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_one_node_sends_every_kind_of_request(method: str, server: str) -> None:
    """Under both names of the type, and with both names of the action."""
    for type_, action in (("HttpSuperNode", f"{method} Request"), ("HTTPSuperNode", method.lower())):
        found = await given(type_, {"action": action, "url": f"{server}/x", "params": {"q": 1}})
        assert (found["response_json"]["method"], found["success"]) == (method, True)
        assert found["response_json"]["path"] == "/x?q=1"
        assert "auth_headers" not in found


async def test_one_node_moves_files_both_ways(server: str, tmp_path: Path) -> None:
    """Fetched to a path, and sent as a field of a form."""
    config = {"action": "Download File", "url": f"{server}/f", "save_path": "f.json"}
    found = await given("HttpSuperNode", config, tmp_path)
    assert (found["file_path"], found["success"]) == (str(tmp_path / "f.json"), True)
    (tmp_path / "up.txt").write_text("content", "utf-8")
    config = {"action": "Upload File", "url": server, "file_path": "up.txt"}
    sent = await given("HttpSuperNode", {**config, "extra_fields": {"note": "x"}}, tmp_path)
    body = json.loads(sent["response_body"])["body"]
    assert 'name="file"; filename="up.txt"' in body
    assert "content" in body
    assert 'name="note"' in body


@pytest.mark.parametrize(
    ("config", "headers"),
    [
        ({"token": "t"}, {"Authorization": "Bearer t"}),
        ({"auth_type": "basic", "username": "a", "password": "b"}, {"Authorization": "Basic YTpi"}),
        ({"auth_type": "api_key", "token": "t"}, {"X-API-Key": "t"}),
    ],
)
async def test_one_node_makes_the_headers_that_log_in(config: dict[str, Any], headers: dict[str, str]) -> None:
    """Of three kinds."""
    found = await given("HttpSuperNode", {"action": "Configure Auth", **config})
    assert (found["auth_headers"], found["success"]) == (headers, True)


async def test_cookies_are_kept_over_redirects_and_told_apart(server: str, tmp_path: Path) -> None:
    """By requests, downloads and uploads alike."""
    sent = {"headers": {"Cookie": "user=1"}}
    answer = await given("HttpRequestNode", {"url": f"{server}/moved", **sent})
    assert answer["response_json"]["headers"]["cookie"] == "user=1; a=1; b=2"
    await given("HttpDownloadFileNode", {"url": f"{server}/moved", "save_path": "page.json", **sent}, tmp_path)
    assert json.loads((tmp_path / "page.json").read_text("utf-8"))["headers"]["cookie"] == "user=1; a=1; b=2"
    config = {"action": "Upload File", "url": f"{server}/moved", "file_path": "page.json", **sent}
    uploaded = await given("HttpSuperNode", config, tmp_path)
    assert json.loads(uploaded["response_body"])["headers"]["cookie"] == "user=1; a=1; b=2"
    for headers in (answer["response_headers"], uploaded["response_headers"]):
        assert headers["set-cookie"] == ["a=1", "b=2; Expires=Wed, 01"]
