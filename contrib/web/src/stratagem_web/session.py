"""Session: what steps on the same page hand on to each other besides the page itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from stratagem import Context
from stratagem_web.api import BrowserContext, Dialog, Page
from stratagem_web.asked import Asked
from stratagem_web.errors import PageClosed, WebError
from stratagem_web.limits import USUAL, Limit

_KEPT_AS: Final = "_stratagem_web_session"

_TOLD: Final = "stratagem"
"""The attribute of a context by which whoever lends its pages and these nodes tell each other things, as a dict.

It may tell ``timeout``, the seconds that nodes wait where nothing else is said, and ``dialogs``: ``accept`` where those
that no step answers are accepted. Nodes tell ``tab``, the one that they work on.
"""


class Session:
    """The current tab of a browser context, which step is at work on it, and what becomes of its dialogs.

    It is kept on the context and ends with it.
    """

    def __init__(self, page: Page) -> None:
        self.context: BrowserContext = page.context
        self.asked = Asked()
        self.timeout: float | None = None
        self._told: dict[str, Any] = vars(page.context).setdefault(_TOLD, {})
        self._lent = self._chosen = page
        self._names: dict[str, Page] = {}
        self.context.on("dialog", self._on_dialog)

    @property
    def tab(self) -> Page:
        """The tab that nodes work on; where it was closed, the last one that is open. Raises PageClosed if none is."""
        if self._chosen.is_closed():
            if not self.context.pages:
                raise PageClosed("every tab of the browser is closed. Open one with web.new_tab.")
            self.choose(self.context.pages[-1])
        return self._chosen

    def tab_for(self, lent: Page) -> Page:
        """The tab for a step that was lent a page: with another page than before, nothing chosen before counts."""
        if lent is not self._lent:
            self._lent = lent
            self.choose(lent)
            self._names.clear()
            self.asked = Asked()
            self.timeout = None
        return self.tab

    def choose(self, tab: Page, name: str = "") -> Page:
        """Makes ``tab`` the one that nodes work on from now on; under ``name`` it is found again."""
        self._chosen = self._told["tab"] = tab
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

    def limit(self, said: float | None) -> Limit:
        """The time limit of a node that begins now: what it says, else its browser, else the provider."""
        return Limit(next(each for each in (said, self.timeout, self._told.get("timeout"), USUAL) if each is not None))

    @contextmanager
    def working(self, context: Context, remedy: str) -> Iterator[None]:
        """While a step works on the page: a failure tells of dialogs that nobody has answered, and of the ``remedy``."""
        self.asked.begin(context, remedy)
        try:
            yield
        except WebError as error:
            if dialogs := self.asked.in_short(context.node_id):
                error.args = (f"{str(error).rstrip('. ')}. {dialogs}",)
            raise

    async def _on_dialog(self, dialog: Dialog) -> None:
        from playwright.async_api import Error

        answer = self.asked.answer(dialog, accept=self._told.get("dialogs") == "accept")
        with suppress(Error):  # its page may have been closed meanwhile
            if answer is None:
                await dialog.dismiss()
            else:
                await dialog.accept(answer)


def session_of(page: Page) -> Session:
    """The session of the context that a page belongs to; it begins with the first page that asks."""
    kept: dict[str, Any] = vars(page.context)
    found = kept.get(_KEPT_AS)
    if not isinstance(found, Session):
        found = kept[_KEPT_AS] = Session(page)
    return found
