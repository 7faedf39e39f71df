"""A small site on loopback: pages, and whatever a server may do to a browser."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PAGE = b"<!doctype html><title>A page</title><p>Text</p>"

SLOW = 0.2
"""Seconds that ``/slow`` takes, as a page does that comes over a network."""


class Site:
    """A server on loopback. ``hits`` counts requests by path, ``headers`` holds those of the last one."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.headers: dict[str, str] = {}
        self.address = ""
        self._hanging: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1].split("?")[0]
            self.hits[path] += 1
            self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            if path == "/hang":
                self._hanging.append(writer)
                return
            if path == "/slow":
                await asyncio.sleep(SLOW)
            if path == "/reset":
                writer.transport.abort()
                return
            writer.write(self._answer(path))
            await writer.drain()
        writer.close()

    def _answer(self, path: str) -> bytes:
        match path:
            case "/garbage":
                return b"\x00\xff\xfenothing that is HTTP\r\n\r\n\x01" * 100
            case "/half":
                return b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 100000\r\n\r\n<title>half"
            case "/auth" if "authorization" not in self.headers:
                return _response(b"no", "401 Unauthorized", "www-authenticate: Basic realm=x")
            case "/cookie":
                return _response(PAGE, "200 OK", "set-cookie: http=1; HttpOnly; Path=/; Max-Age=3600")
            case "/cached":
                return _response(PAGE, "200 OK", "cache-control: public, max-age=3600")
            case "/sw.js":
                return _response(b"self.addEventListener('install', () => {});", "200 OK", kind="text/javascript")
            case "/file":
                return _response(b"content", "200 OK", "content-disposition: attachment; filename=../a file.txt")
        return _response(PAGE)

    def let_go(self) -> None:
        """Ends the connections that hang."""
        for writer in self._hanging:
            writer.close()


def _response(body: bytes, status: str = "200 OK", *headers: str, kind: str = "text/html") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {len(body)}", "connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@asynccontextmanager
async def served() -> AsyncIterator[Site]:
    """The site, on a port of its own."""
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield site
    site.let_go()
    server.close()
    await server.wait_closed()
