"""The pack that every module of this distribution adds its nodes to, and what all nodes on a page have in common."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from functools import wraps
from inspect import Parameter
from typing import Any, Final, TypeVar

from stratagem import Context, Pack
from stratagem_web.limits import Timeout
from stratagem_web.session import Session, session_of

F = TypeVar("F", bound=Callable[..., Any])

BROWSER: Final = "browser"
"""The resource kind whose lease is a Playwright page (`playwright.async_api.Page`)."""

REMEDY: Final = "To answer such dialogs otherwise, put web.answer_dialogs before what brings them up"
"""The remedy for dialogs that nobody answers."""

pack = Pack("web", hints={BROWSER: "Run: pip install stratagem-browser"})


def page_node(name: str | None = None, **traits: Any) -> Callable[[F], F]:
    """Registers a function whose first parameter ``page`` is a leased page; traits as those of `Pack.node`.

    The node gets the tab that the steps before it have chosen, and an input ``failure_screenshot``: where to keep a
    picture of the page if the node fails. The function itself is handed back.
    """

    def register(function: F) -> F:
        own_name = name or function.__name__.rstrip("_")
        pack.node(own_name, resources={"page": BROWSER}, **traits)(on_current_tab(function))
        return function

    return register


def on_current_tab(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as a node: with the current tab for ``page``, and a picture of it where it fails.

    The node's ``timeout`` may be left out: then it is that of its browser.
    """
    given = inspect.signature(function).parameters
    wants_context, wants_timeout = "context" in given, "timeout" in given

    @wraps(function)
    async def on_tab(
        page: Any, context: Context, failure_screenshot: str = "", timeout: float | None = None, **inputs: Any
    ) -> Any:
        session = session_of(page)
        tab = session.tab_for(page)
        if wants_context:
            inputs["context"] = context
        if wants_timeout:
            inputs["timeout"] = session.limit(timeout)
        try:
            with session.working(context, REMEDY):
                return await function(tab, **inputs)
        except Exception:
            if failure_screenshot:
                await _keep_failure(session, failure_screenshot, context)
            raise

    return _signed(on_tab, function)


async def _keep_failure(session: Session, path: str, context: Context) -> None:
    from stratagem_web.captures import keep_failure

    await keep_failure(session, path, context)


def _signed(on_tab: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """``on_tab`` with the signature by which the kernel reads its inputs: those of ``function``, and its own."""
    given = inspect.signature(function).parameters
    hints = typing.get_type_hints(function, include_extras=True)
    shown = {name: each.replace(kind=Parameter.KEYWORD_ONLY) for name, each in given.items()}
    if "timeout" in shown:
        shown["timeout"] = shown["timeout"].replace(default=None)
        hints["timeout"] = Timeout
    shown["failure_screenshot"] = Parameter("failure_screenshot", Parameter.KEYWORD_ONLY, default="")
    shown["context"] = Parameter("context", Parameter.KEYWORD_ONLY)
    on_tab.__signature__ = inspect.Signature(list(shown.values()))  # type: ignore[attr-defined]  # what `inspect.signature` reads
    on_tab.__annotations__ = {**hints, "context": Context, "failure_screenshot": str}
    return on_tab
