"""Requests against a real server on this machine."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest

from stratagem_casare.nodes.http import http_request

pytestmark = pytest.mark.anyio


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; paths under /missing with 404 and a body that is no JSON."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = {"method": self.command, "path": self.path, "body": body, "a": self.headers.get("A")}
        missing = self.path.startswith("/missing")
        self.send_response(404 if missing else 200)
        self.end_headers()
        self.wfile.write(b"nothing" if missing else json.dumps(asked).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Echo) as http:
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


async def test_a_request_carries_headers_parameters_and_body(server: str) -> None:
    """A text as it is, anything else as JSON."""
    answer = await http_request(f"{server}/x", "post", {"A": 1}, "text", {"q": "1"})
    assert answer.response_json == {"method": "POST", "path": "/x?q=1", "body": "text", "a": "1"}
    answer = await http_request(server, "POST", body={"k": 1})
    assert json.loads(answer.response_json["body"]) == {"k": 1}
    assert (answer.status_code, answer.success, answer.error) == (200, True, "")


async def test_a_bad_status_is_told_and_no_failure(server: str) -> None:
    """The flow may look at it."""
    answer = await http_request(f"{server}/missing")
    assert (answer.status_code, answer.success, answer.error) == (404, False, "404 Not Found")
    assert (answer.response_body, answer.response_json) == ("nothing", None)


async def test_no_answer_is_a_failure() -> None:
    """There is nothing to go on with."""
    with pytest.raises(httpx.HTTPError):
        await http_request("http://127.0.0.1:1/")
