"""Memory of a site about its visitor: cookies and stored values."""

import json
from typing import Any, cast

from stratagem import Context, atomic, read_regular, run_in_thread, strict_json
from stratagem_std.paths import writable
from stratagem_std.secret_text import revealed
from stratagem_web.api import Page
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.telling import telling

MOST_BYTES = 64 * 1024 * 1024
"""The largest file of a state that is read."""

_COOKIE = {"name": "basket", "value": "3", "url": "{{ site }}"}


@page_node(
    effect="read",
    outputs=("cookies",),
    examples=(on_page("get_cookies", {}, {"cookies": []}),),
)
async def get_cookies(page: Page, urls: list[str] | None = None, timeout: float = 30.0) -> list[dict[str, Any]]:
    """Lists the cookies, all of them or those that are sent to ``urls``: ``name``, ``value``, ``domain`` and so on."""
    async with telling("reading cookies", timeout):
        return [dict(cookie) for cookie in await page.context.cookies(urls)]


@page_node(idempotent=True, examples=(on_page("set_cookies", {"cookies": [_COOKIE]}),))
async def set_cookies(page: Page, cookies: list[dict[str, Any]], timeout: float = 30.0) -> None:
    """Sets cookies: each has ``name`` and ``value``, and ``url`` or both of ``domain`` and ``path``.

    They may have ``expires`` (seconds since 1970), ``httpOnly``, ``secure``, and ``sameSite`` (Strict, Lax, None).
    """
    async with telling("setting cookies", timeout):
        await page.context.add_cookies(revealed(cookies))


@page_node(
    idempotent=True, examples=(on_page("clear_cookies", {}, more=(("web.set_cookies", {"cookies": [_COOKIE]}),)),)
)
async def clear_cookies(page: Page, name: str = "", domain: str = "", timeout: float = 30.0) -> None:
    """Removes all cookies, or those of a name or a domain."""
    async with telling("clearing cookies", timeout):
        await page.context.clear_cookies(name=name or None, domain=domain or None)


@page_node(
    effect="read",
    outputs=("state",),
    examples=(on_page("get_storage_state", {}, {"state": {"cookies": [], "origins": []}}),),
)
async def get_storage_state(page: Page, timeout: float = 30.0) -> dict[str, Any]:
    """Gives the cookies and the local storage of every site visited, to be set in another browser.

    Whoever has it is logged in as this browser is: keep it as you would a password.
    """
    async with telling("reading the storage state", timeout):
        return dict(await page.context.storage_state())


@page_node(
    outputs=("path",),
    writes=("file:{path}",),
    examples=(on_page("save_storage_state", {"path": "state.json"}, {"path": "state.json"}),),
)
async def save_storage_state(page: Page, path: str, context: Context, timeout: float = 30.0) -> str:
    """Writes what get_storage_state gives to a file that only its owner can read; gives the file's path."""
    target = writable(path, context, overwrite=True, parents=True)
    state = await get_storage_state(page, timeout)
    content = json.dumps(state, indent=2).encode()
    await run_in_thread(_write_private, target, content)
    return path


@page_node(
    reads=("file:{path}",),
    idempotent=True,
    examples=(on_page("set_storage_state", {"state": {"cookies": [], "origins": []}}),),
)
async def set_storage_state(
    page: Page, context: Context, state: dict[str, Any] | None = None, path: str = "", timeout: float = 30.0
) -> None:
    """Puts cookies and local storage, or what is in a file of them, in place of the browser's own.

    Pages that are open see it once they are loaded again. Raises ValueError for a file that holds no such state.
    """
    if (state is None) == (not path):
        raise ValueError("give either a state or the path of a file of one")
    given = revealed(state) if state is not None else _read(context, path)
    async with telling("setting the storage state", timeout):
        await page.context.set_storage_state(cast(Any, given))


def _read(context: Context, path: str) -> Any:
    try:
        return strict_json.parse(read_regular(context.directory / path, MOST_BYTES).decode())
    except ValueError as error:
        raise ValueError(f"{path} holds no storage state: {error}") from None


def _write_private(target: Any, content: bytes) -> None:
    with atomic.beside(target) as draft:
        draft.chmod(0o600)
        draft.write_bytes(content)
