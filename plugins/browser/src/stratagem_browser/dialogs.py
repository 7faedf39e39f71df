"""Dialogs: what is answered to a page that asks in a window of the browser's own, where no step does."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from anyio import sleep

if TYPE_CHECKING:
    from playwright.async_api import Dialog

    from stratagem_browser.tab import Tab

log = logging.getLogger("stratagem.browser")

MANNERS = 0.1
"""Seconds for which a step's own listener is given the first word."""

EVENT: Final = "dialog"
"""Playwright's name for it."""


def answer_dialogs(tab: Tab, *, accept: bool) -> None:
    """Answers dialogs of all pages of the tab's context, and tells of them: a prompt gets what it suggests.

    With ``accept`` they are accepted, else dismissed, as Playwright does where nobody listens. Steps that listen come
    first, and are left alone with what they do not answer unless ``accept`` is said.
    """

    async def answer(dialog: Dialog) -> None:
        from playwright.async_api import Error

        if _others_listen(dialog, tab):
            if not accept:
                return
            await sleep(MANNERS)
        agreed = accept or dialog.type == "beforeunload"  # a page that asks back is left all the same
        try:
            await (dialog.accept(dialog.default_value) if agreed else dialog.dismiss())
        except Error:  # a step has answered, or the page is gone
            return
        _tell(tab, dialog, "accepted" if agreed else "dismissed")

    tab.context.on(EVENT, answer)


def _others_listen(dialog: Dialog, tab: Tab) -> bool:
    own = len(tab.own_context._impl_obj.listeners(EVENT)) - 1
    return bool(own or (dialog.page and dialog.page._impl_obj.listeners(EVENT)))


def _tell(tab: Tab, dialog: Dialog, answer: str) -> None:
    if not tab.users or dialog.type == "beforeunload":
        return
    step = tab.users[-1]
    level = logging.INFO if answer == "accepted" else logging.WARNING
    log.log(level, 'node %s: the page asked "%s" (%s), which was %s', step.way, dialog.message, dialog.type, answer)
    step.run.tell(step, "notice", text=f'the page asked "{dialog.message}" ({dialog.type}), which was {answer}')
