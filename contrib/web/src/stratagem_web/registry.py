"""The pack that every module of this distribution adds its nodes to, and what all nodes on a page have in common."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from functools import wraps
from inspect import Parameter
from typing import Any, Final, TypeVar

from stratagem.nodes import Context, Pack
from stratagem_web.session import session_of

F = TypeVar("F", bound=Callable[..., Any])

BROWSER: Final = "browser"
"""The resource kind whose lease is a Playwright page (`playwright.async_api.Page`)."""

pack = Pack(
    "web",
    hints={
        BROWSER: 'Install stratagem-browser (pip install stratagem-browser) and choose it in the config: [resources] browser = "playwright".'
    },
)


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
    """The function as a node: with the current tab for ``page``, and a picture of it where it fails."""
    hints = typing.get_type_hints(function)
    given = inspect.signature(function).parameters
    wants_context = "context" in given

    @wraps(function)
    async def on_tab(page: Any, context: Context, failure_screenshot: str = "", **inputs: Any) -> Any:
        from stratagem_web.captures import keep_failure

        session = session_of(page)
        tab = session.tab_for(page)
        if wants_context:
            inputs["context"] = context
        try:
            return await function(tab, **inputs)
        except Exception:
            if failure_screenshot:
                await keep_failure(session, failure_screenshot, context)
            raise

    shown = Parameter("failure_screenshot", Parameter.KEYWORD_ONLY, default="", annotation=str)
    own = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in given.values() if each.name not in ("page", "context")]
    first = [Parameter(each, Parameter.KEYWORD_ONLY) for each in ("page", "context")]
    on_tab.__signature__ = inspect.Signature([*first, *own, shown])  # type: ignore[attr-defined]  # what `inspect.signature` reads
    on_tab.__annotations__ = {**hints, "context": Context, "failure_screenshot": str}
    return on_tab
