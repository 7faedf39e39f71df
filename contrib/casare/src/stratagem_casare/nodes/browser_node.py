"""The base of all nodes on a browser page in this dialect."""

import inspect
import typing
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import Parameter
from typing import Annotated, Any, Final, TypeVar

import anyio

from stratagem import Context, Reads
from stratagem import seconds as duration
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack
from stratagem_web.api import Page
from stratagem_web.captures import keep_failure
from stratagem_web.errors import PageClosed, WebError
from stratagem_web.keys import read_key
from stratagem_web.registry import BROWSER
from stratagem_web.selectors import read_selector
from stratagem_web.session import Session, session_of

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

LIMIT: Final = 30_000
"""Milliseconds that nodes wait where their config says nothing."""

UNLIMITED: Final = 86_400.0
"""Seconds that stand for no limit, which a flow asks for by a timeout of 0."""

REMEDY: Final = 'To accept such dialogs, set dialogs = "accept" under [settings.playwright]'
"""The rule for dialogs: this dialect has no node that answers them."""

_COMMON: Final = (
    Parameter("page_", Parameter.KEYWORD_ONLY, default="", annotation=Any),
    Parameter("browser", Parameter.KEYWORD_ONLY, default="", annotation=Any),
    Parameter("retry_count", Parameter.KEYWORD_ONLY, default=0, annotation=Any),
    Parameter("retry_interval", Parameter.KEYWORD_ONLY, default=1000, annotation=Any),
    Parameter("screenshot_on_fail", Parameter.KEYWORD_ONLY, default=False, annotation=Any),
    Parameter("screenshot_path", Parameter.KEYWORD_ONLY, default="", annotation=Any),
)


_READERS: Final = {
    "selector": read_selector,
    "table_selector": read_selector,
    "wait_for_selector": read_selector,
    "key": read_key,
}
"""By input, what looks at its values before they are used."""


def browser_node(*names: str, **traits: Any) -> Callable[[F], F]:
    """Registers a function whose first parameter ``page`` is a leased page, under one name or more.

    The node gets the tab that its input ``page`` names, else the current one. Where it fails, it is tried again
    ``retry_count`` times, ``retry_interval`` milliseconds apart; ``screenshot_on_fail`` keeps a picture of the page.
    ``traits`` are those of `Pack.node`. The function itself is handed back.
    """

    def register(function: F) -> F:
        for name in names:
            pack.node(name, resources={"page": BROWSER}, **traits)(_on_tab(function))
        return function

    return register


def seconds(milliseconds: Any) -> float:
    """A timeout as the web pack takes it; 0 stands for none. A text such as ``5s`` says its unit itself."""
    if isinstance(milliseconds, str) and milliseconds.strip()[-1:].isalpha():
        return duration(milliseconds.strip()) or UNLIMITED
    return max(coerce.number(milliseconds, LIMIT), 0) / 1000 or UNLIMITED


def first_of(selector: Any, strict: Any = False) -> str:
    """The selector, of the first element that matches unless the flow is ``strict``. Raises ValueError for none."""
    found = coerce.text(selector).strip()
    if not found:
        raise ValueError("Selector is required")
    return found if coerce.truth(strict) else f"{found} >> nth=0"


def handle_of(page: Page) -> str:
    """Return what stands for a tab in outputs named ``page``, and chooses it where it comes in."""
    return session_of(page).name_of(page)


def _on_tab(function: Callable[..., Any]) -> Callable[..., Any]:
    own = inspect.signature(function).parameters
    wants_context = "context" in own

    @wraps(function)
    async def run(
        page: Page,
        context: Context,
        page_: Any = "",
        browser: Any = "",
        retry_count: Any = 0,
        retry_interval: Any = 1000,
        screenshot_on_fail: Any = False,
        screenshot_path: Any = "",
        **inputs: Any,
    ) -> Any:
        session = session_of(page)
        tab = _chosen(session, page, coerce.text(page_))
        given = {"context": context, **inputs} if wants_context else inputs
        try:
            with session.working(context, REMEDY):
                return await _retried(lambda: function(tab, **given), retry_count, retry_interval)
        except Exception:
            if coerce.truth(screenshot_on_fail):
                await _keep(session, coerce.text(screenshot_path), context)
            raise

    fixed = [Parameter(name, Parameter.KEYWORD_ONLY) for name in ("page", "context")]
    mine = [each.replace(kind=Parameter.KEYWORD_ONLY) for name, each in own.items() if name not in ("page", "context")]
    common = [each for each in _COMMON if each.name not in own]
    run.__signature__ = inspect.Signature([*fixed, *mine, *common])  # type: ignore[attr-defined]  # what `inspect.signature` reads
    added = {each.name: Any for each in common}
    read = {name: Annotated[Any, Reads(reader)] for name, reader in _READERS.items() if name in own}
    run.__annotations__ = {**typing.get_type_hints(function), **added, **read, "context": Context}
    return run


def _chosen(session: Session, lent: Page, handle: str) -> Page:
    current = session.tab_for(lent)
    tab = session.named(handle)
    if handle and tab is None:
        raise PageClosed(f"the tab that {handle!r} has opened is closed, or belongs to another browser")
    return tab or current


async def _retried(act: Callable[[], Awaitable[T]], again: Any, interval: Any) -> T:
    for _ in range(max(coerce.whole(again), 0)):
        try:
            return await act()
        except WebError:
            await anyio.sleep(max(coerce.number(interval, 1000), 0) / 1000)
    return await act()


async def _keep(session: Session, path: str, context: Context) -> None:
    await keep_failure(session, path or f"runs/{context.node_id}.png", context)
