"""Dialogs: what a page asks in a window of the browser's own."""

from stratagem_web.api import Page
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.session import session_of

_ASK = ("web.click", {"selector": "#ask"})
_ANSWER = ("web.answer_dialogs", {"accept": True, "text": "Ada"})


@page_node(idempotent=True, examples=(on_page("answer_dialogs", {"accept": True, "text": "Ada"}, start="form.html"),))
async def answer_dialogs(page: Page, accept: bool = True, text: str = "") -> None:
    """Says how dialogs (alert, confirm, prompt, leaving a page) are answered from now on, in all tabs.

    They are accepted or dismissed; ``text`` is entered where one asks for it, else what it suggests stays. Until a
    workflow says so, they are dismissed, and what fails later tells of them.
    """
    session_of(page).asked.choose(accept, text)


@page_node(
    effect="read",
    outputs=("dialogs",),
    examples=(
        on_page(
            "list_dialogs",
            {},
            {"dialogs": [{"type": "prompt", "message": "Your name?", "default": "nobody"}]},
            start="form.html",
            more=(_ANSWER, _ASK),
        ),
    ),
)
async def list_dialogs(page: Page) -> list[dict[str, str]]:
    """Lists the dialogs since answer_dialogs, the last hundred at most: ``type``, ``message``, ``default``."""
    return list(session_of(page).asked.listed)
