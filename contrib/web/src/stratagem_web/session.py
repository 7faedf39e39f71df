"""Session: what steps on the same page hand on to each other besides the page itself."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import Any, Final

from stratagem_web.api import BrowserContext, Dialog, Page
from stratagem_web.errors import PageClosed

_KEPT_AS: Final = "_stratagem_web_session"
_REMEMBERED: Final = 100


class Session:
    """The current tab of a browser context, and how its dialogs are answered.

    It is kept on the context and ends with it.
    """

    def __init__(self, page: Page) -> None:
        self.context: BrowserContext = page.context
        self.dialogs: deque[dict[str, str]] = deque(maxlen=_REMEMBERED)
        self._lent = self._chosen = page
        self._names: dict[str, Page] = {}
        self._answer: tuple[bool, str] | None = None

    @property
    def tab(self) -> Page:
        """The tab that nodes work on; where it was closed, the last one that is open. Raises PageClosed if none is."""
        if self._chosen.is_closed():
            if not self.context.pages:
                raise PageClosed("every tab of the browser is closed. Open one with web.new_tab.")
            self._chosen = self.context.pages[-1]
        return self._chosen

    def tab_for(self, lent: Page) -> Page:
        """The tab for a step that was lent a page: with another page than before, nothing chosen before counts."""
        if lent is not self._lent:
            self._lent = self._chosen = lent
            self._names.clear()
            self.dialogs.clear()
            self._answer = self._answer and (False, "")
        return self.tab

    def choose(self, tab: Page, name: str = "") -> Page:
        """Makes ``tab`` the one that nodes work on from now on; under ``name`` it is found again."""
        self._chosen = tab
        if name:
            self._names[name] = tab
        return tab

    def named(self, name: str) -> Page | None:
        """The open tab of this name."""
        tab = self._names.get(name)
        return None if tab is None or tab.is_closed() else tab

    def name_of(self, tab: Page) -> str:
        """The name under which a tab is found again; empty if it has none."""
        return next((name for name, named in self._names.items() if named is tab), "")

    def answer_dialogs(self, accept: bool, text: str) -> None:
        """From now on dialogs are accepted, with ``text`` for those that ask for one, or dismissed."""
        if self._answer is None:
            self.context.on("dialog", self._on_dialog)
        self._answer = (accept, text)

    async def _on_dialog(self, dialog: Dialog) -> None:
        from playwright.async_api import Error

        self.dialogs.append({"type": dialog.type, "message": dialog.message, "default": dialog.default_value})
        accept, text = self._answer or (False, "")
        with suppress(Error):  # its page may have been closed meanwhile
            if accept:
                await dialog.accept(text or dialog.default_value)  # left out, a prompt would be answered with ""
            else:
                await dialog.dismiss()


def session_of(page: Page) -> Session:
    """The session of the context that a page belongs to; it begins with the first page that asks."""
    kept: dict[str, Any] = vars(page.context)
    found = kept.get(_KEPT_AS)
    if not isinstance(found, Session):
        found = kept[_KEPT_AS] = Session(page)
    return found
