"""A client whose redirects keep the cookies that were given, and show those that were set on the way."""

from collections.abc import Iterable
from typing import Any

import httpx

from stratagem_std.pacing import paced


class Client(httpx.AsyncClient):
    """Sends a given ``Cookie`` header on to the same origin, which httpx drops at each redirect, and to no other.

    A cookie that the server sets or takes away on the way is no longer the given one. The answers of the redirects are
    the last answer's ``history``.
    """

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """Sends a request, and those that its answers redirect to; raises TooManyRedirects."""
        options["follow_redirects"] = False
        given = _cookies(request)
        answer = await self._paced(request, stream=stream, **options)
        passed: list[httpx.Response] = []
        while self.follow_redirects and (following := answer.next_request) is not None:
            if stream:
                await answer.aclose()
            if len(passed) >= self.max_redirects:
                raise httpx.TooManyRedirects("Exceeded maximum allowed redirects.", request=following)
            passed.append(answer)
            if _same_origin(request.url, answer.url):
                given = _without(given, answer.headers.get_list("set-cookie"))
            if _same_origin(request.url, following.url):
                _add(following, given)
            answer = await self._paced(following, stream=stream, **options)
        answer.history = passed
        return answer

    async def _paced(self, request: httpx.Request, **options: Any) -> httpx.Response:
        async with paced(request.url.netloc.decode("ascii")):
            return await super().send(request, **options)


def set_cookies(answer: httpx.Response) -> list[str]:
    """The ``Set-Cookie`` headers of an answer one by one, after those of the redirects that led to it."""
    return [line for each in (*answer.history, answer) for line in each.headers.get_list("set-cookie")]


def _cookies(request: httpx.Request) -> list[str]:
    """The cookies of a request, as in ``name=value``."""
    written = (part.strip() for part in request.headers.get("cookie", "").split(";"))
    return [part for part in written if part]


def _without(cookies: list[str], set_: Iterable[str]) -> list[str]:
    changed = {_name(line) for line in set_}
    return [cookie for cookie in cookies if _name(cookie) not in changed]


def _add(request: httpx.Request, given: list[str]) -> None:
    """Adds the cookies to those of the client, which come before given ones of their names."""
    own = _cookies(request)
    if together := [*_without(given, own), *own]:
        request.headers["cookie"] = "; ".join(together)


def _name(cookie: str) -> str:
    return cookie.partition(";")[0].partition("=")[0].strip()


def _same_origin(first: httpx.URL, later: httpx.URL) -> bool:
    """Return whether the host is the same, and the port and scheme, unless these change to the secure ones."""
    if first.host != later.host:
        return False
    places = _place(first), _place(later)
    return places[0] == places[1] or places == (("http", 80), ("https", 443))


def _place(url: httpx.URL) -> tuple[str, int | None]:
    return url.scheme, url.port or {"http": 80, "https": 443}.get(url.scheme)
