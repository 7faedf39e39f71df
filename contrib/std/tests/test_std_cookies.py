"""Cookies that are given, set and taken away, over redirects."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from stratagem_std.http import http_request

pytestmark = pytest.mark.anyio


class _Handler(BaseHTTPRequestHandler):
    """Redirects to ``to`` with the cookies ``set``, if there are such parameters, else tells what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        told = {name.lower(): value for name, value in self.headers.items()}
        content = b"" if "to" in query else json.dumps(told).encode()
        self.send_response(302 if "to" in query else 200)
        for name, values in (("location", query.get("to", ())), ("set-cookie", query.get("set", ()))):
            for value in values:
                self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    """The ports of two servers."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Handler) for _ in range(2)]
    threads = [threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}) for each in servers]
    for thread in threads:
        thread.start()
    yield servers[0].server_port, servers[1].server_port
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


async def sent(port: int, path: str, cookie: str = "user=1; lang=de") -> Any:
    """The headers that the last server was sent."""
    headers = {"Cookie": cookie, "Authorization": "Basic x"}
    return (await http_request(f"http://127.0.0.1:{port}{path}", headers=headers)).json


async def test_given_cookies_are_kept_where_the_same_server_redirects(ports: tuple[int, int]) -> None:
    """As often as it does, beside those that it sets."""
    told = await sent(ports[0], "/a?to=/b%3Fto%3D/c&set=sid%3D7")
    assert (told["cookie"], told["authorization"]) == ("user=1; lang=de; sid=7", "Basic x")


async def test_a_cookie_that_is_set_on_the_way_takes_the_given_one_s_place(ports: tuple[int, int]) -> None:
    """Also where it is only taken away."""
    assert (await sent(ports[0], "/a?to=/b&set=user%3D2"))["cookie"] == "lang=de; user=2"
    assert (await sent(ports[0], "/a?to=/b&set=user%3D;Max-Age%3D0"))["cookie"] == "lang=de"


@pytest.mark.parametrize("elsewhere", ["http://localhost:{}/b", "http://127.0.0.1:{}/b"])
async def test_given_cookies_are_for_no_other_server(ports: tuple[int, int], elsewhere: str) -> None:
    """Neither on another host nor on another port; the password isn't either."""
    told = await sent(ports[0], f"/a?to={elsewhere.format(ports[1])}")
    assert "cookie" not in told
    assert "authorization" not in told


async def test_each_cookie_that_was_set_is_a_text_of_its_own(ports: tuple[int, int]) -> None:
    """Those of redirects first; an answer that sets none has no such header."""
    url = f"http://127.0.0.1:{ports[0]}"
    answer = await http_request(f"{url}/a?to=/b%3Fset%3Dc%3D3&set=a%3D1;%20Path%3D/&set=b%3D2;%20Expires%3DWed,%2001")
    assert answer.headers["set-cookie"] == ["a=1; Path=/", "b=2; Expires=Wed, 01", "c=3"]
    assert "set-cookie" not in (await http_request(f"{url}/b")).headers
