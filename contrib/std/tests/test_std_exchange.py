"""How requests are led: over redirects, and through proxies."""

from __future__ import annotations

import time
from typing import Any

import anyio
import httpx
import pytest

from stratagem_std import exchange
from stratagem_std.http import http_request
from stratagem_std.pacing import BURST, PACE, paced

pytestmark = pytest.mark.anyio


async def test_no_more_redirects_are_followed_than_are_allowed(server: str) -> None:
    """One too many is as if the server did not answer."""
    assert (await http_request(f"{server}/moved", max_redirects=1)).json == {"hello": "moved"}
    with pytest.raises(ConnectionError, match=r"GET .*/moved failed: Exceeded maximum allowed redirects"):
        await http_request(f"{server}/moved", max_redirects=0)


async def test_a_request_can_go_through_a_proxy(server: str) -> None:
    """Which is then the only one that is asked."""
    answer = await http_request("http://example.invalid/greeting?name=Ada", proxy=server)
    assert answer.json == {"hello": "Ada"}


async def test_the_trust_store_is_read_by_one_while_the_others_wait(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many requests come at once."""
    made: list[Any] = []
    make = httpx.create_ssl_context

    def slow(**how: Any) -> Any:
        made.append(how)
        time.sleep(0.05)
        return make(**how)

    monkeypatch.setattr(httpx, "create_ssl_context", slow)
    exchange._made.cache_clear()
    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(http_request, f"{server}/greeting")
    assert made == [{"verify": True}]


async def test_what_comes_at_once_waits_for_an_answer_or_a_moment() -> None:
    """No more go out together than a short queue takes; one that is answered makes room at once."""
    out, answer = 0, anyio.Event()

    async def ask(answered: bool) -> None:
        nonlocal out
        async with paced("server"):
            out += 1
            if not answered:
                await answer.wait()

    async with anyio.create_task_group() as group:
        for _ in range(3 * BURST):
            group.start_soon(ask, True)
        await anyio.wait_all_tasks_blocked()
        assert out == 3 * BURST
        for _ in range(BURST + 1):
            group.start_soon(ask, False)
        await anyio.wait_all_tasks_blocked()
        assert out == 4 * BURST
        await anyio.sleep(3 * PACE)
        assert out == 4 * BURST + 1
        answer.set()


async def test_servers_are_paced_apart() -> None:
    """A slow one holds up nobody else, and is forgotten once it has answered."""
    async with paced("slow"), paced("slow"), paced("slow"), paced("slow"), paced("slow"):
        with anyio.fail_after(PACE / 2):
            async with paced("other"):
                pass
