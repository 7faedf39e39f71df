"""JavaScript of the workflow's own, in the page."""

import json
from typing import Any

from stratagem_std.secret_text import plain, revealed
from stratagem_web.api import Page
from stratagem_web.elements import FrameSelector, frame_of
from stratagem_web.errors import ScriptFailed
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.telling import telling


@page_node(
    examples=(
        on_page("evaluate", {"script": "document.querySelectorAll('li').length"}, {"result": 2}),
        on_page("evaluate", {"script": "([a, b]) => ({sum: a + b})", "arg": [1, 2]}, {"result": {"sum": 3}}),
    )
)
async def evaluate(page: Page, script: str, arg: Any = None, frame: FrameSelector = "", timeout: float = 30.0) -> Any:
    """Runs JavaScript in the page and gives what it gives, as JSON.

    ``script`` is an expression, or a function (an async one is waited for) that is called with ``arg``. Raises
    ScriptFailed where it throws, takes longer than ``timeout`` seconds, or gives what is no JSON.
    """
    within_frame = await frame_of(page, frame, timeout)
    async with telling(f"the script on {page.url}", timeout, failure=ScriptFailed, late=ScriptFailed):
        value = await within_frame.evaluate(plain(script), revealed(arg))
    return _as_json(value)


def _as_json(value: Any) -> Any:
    """The value itself; raises ScriptFailed where it, or what is in it, is no JSON."""
    try:
        json.dumps(value)
    except (TypeError, ValueError) as error:
        raise ScriptFailed(f"the script gave what is no JSON: {error}. Let it give texts and numbers.") from None
    return value
