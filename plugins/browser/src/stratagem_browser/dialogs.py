"""Dialogs: what is answered to a page that asks in a window of the browser's own, where no step does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from anyio import sleep

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Dialog

MANNERS = 0.1
"""Seconds for which a step's own listener is given the first word."""


def accept_dialogs(context: BrowserContext) -> None:
    """Accepts dialogs of all pages of the context, a prompt with what it suggests. Playwright itself dismisses them."""
    context.on("dialog", _accept)


async def _accept(dialog: Dialog) -> None:
    from playwright.async_api import Error

    await sleep(MANNERS)
    with suppress(Error):  # a step has answered, or the page is gone
        await dialog.accept(dialog.default_value)
