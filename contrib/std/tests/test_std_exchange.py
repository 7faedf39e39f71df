"""How requests are led: over redirects, and through proxies."""

from __future__ import annotations

import pytest

from stratagem_std.http import http_request

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
