"""Tab: a page in a browser context of its own, which is what the pool leases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import define, field

from stratagem import ResourceLost

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Download, Page

    from stratagem import StepRun
    from stratagem_browser.artifacts import LeaseArtifacts
    from stratagem_browser.chrome import Chrome
    from stratagem_browser.keys import PageKey


def told(context: BrowserContext) -> dict[str, Any]:
    """Return what this provider and the nodes that use a page tell each other, by name; it is kept on the context.

    The provider tells ``timeout``, the seconds that nodes wait where nothing else is said, and ``dialogs``, how those
    are answered that no step answers. Nodes tell ``tab``, the page of the context that they work on.
    """
    found: dict[str, Any] = vars(context).setdefault("stratagem", {})
    return found


class Ended:
    """Stands in for what is behind a Playwright object once its lease has ended: every use of it raises."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ResourceLost("the lease of this page has ended", hint="Use it within the step that it was given to.")

    def __repr__(self) -> str:
        return "<the lease of this page has ended>"


@define(eq=False)
class Tab:
    """A context and its page. Steps get ``page``; ``own_page`` and ``own_context`` are the pool's own way to them.

    ``downloads`` are those that were begun since they were last taken from there, ``artifacts`` what keeps those of the
    lease that it is in, ``users`` the steps that use it, of which the last one is at work.
    """

    chrome: Chrome
    key: PageKey
    id: str
    context: BrowserContext
    page: Page
    crashed: bool = False
    closed: bool = False
    downloads: list[Download] = field(factory=list)
    artifacts: LeaseArtifacts | None = None
    users: list[StepRun] = field(factory=list)
    own_context: BrowserContext = field(init=False)
    own_page: Page = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.own_context = _twin(self.context)
        self.context.on("page", lambda page: self._note_downloads(page))  # it writes to what a bound method is of
        self._note_downloads(self.page)
        self.adopt(self.page)

    def adopt(self, page: Page) -> None:
        """From now on this is the page that steps get."""
        self.page, self.own_page, self.crashed = page, _twin(page), False
        page.on("crash", lambda _: self._on_crash())

    @property
    def alive(self) -> bool:
        """Return whether page, browser and driver are there, as far as it is known without asking them."""
        return not self.crashed and self.chrome.alive

    @property
    def fit(self) -> bool:
        """Return whether nothing was heard of the end of page and browser.

        To ask the system takes longer, see `alive`.
        """
        return not self.crashed and self.chrome.gone is None and not self.own_page.is_closed()

    @property
    def shown(self) -> Page:
        """The page to take a picture of: the one that steps have chosen, else their own, else the last one that is open."""
        chosen = told(self.context).get("tab")
        if chosen is not None and not chosen.is_closed():
            return _twin(chosen)  # type: ignore[no-any-return]  # of a page it is one
        return self.own_context.pages[-1] if self.own_page.is_closed() and self.own_context.pages else self.own_page

    @contextmanager
    def used_by(self, step: StepRun) -> Iterator[None]:
        """While a step uses the page."""
        self.users.append(step)
        try:
            yield
        finally:
            self.users.remove(step)

    def revoke(self) -> None:
        """Makes all that a step was given of no use, at once: it takes the browser 20 ms to close a context."""
        ended: Any = Ended()
        for page in self.own_context.pages:
            page._impl_obj = ended
        self.context._impl_obj = ended

    def _note_downloads(self, page: Page) -> None:
        page.on("download", lambda download: self.downloads.append(download))

    def _on_crash(self) -> None:
        self.crashed = True


def _twin(wrapper: Any) -> Any:
    """Another object of Playwright's for the same thing: one can be revoked without the other."""
    return type(wrapper)(wrapper._impl_obj)
