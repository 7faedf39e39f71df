"""Ledger: which of a browser's contexts are whose, and which are nobody's.

A `new_context` that is cancelled leaves a context in the browser which Playwright knows nothing of, and a context whose
first `close` was cancelled is never closed by another one. So the browser itself is asked which there are.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from stratagem_browser.tab import Tab


@define(eq=False)
class Ledger:
    """``tabs`` are those of the pool, by the id of their context; ``lent`` tells since when a tab is in a step's hands."""

    tabs: dict[str, Tab] = field(factory=dict)
    lent: dict[object, float] = field(factory=dict)
    _making: dict[object, float] = field(factory=dict)
    _seen: dict[Hashable, float] = field(factory=dict)

    @property
    def empty(self) -> bool:
        """Return whether nothing of the pool is in the browser, or about to be."""
        return not self.tabs and not self._making

    @contextmanager
    def making(self, now: float) -> Iterator[None]:
        """While a context is being made."""
        token = object()
        self._making[token] = now
        try:
            yield
        finally:
            del self._making[token]

    def orphans(self, strangers: Iterable[Hashable], now: float, *, of_steps: bool) -> list[Hashable]:
        """Of the contexts that are in the browser and no tab's, those that nobody can be waiting for any more.

        Args:
            strangers: all of them; what was told at the last call is compared with.
            now: on the clock that times of making and lending are from.
            of_steps: whether they may have been made by steps, which then may use them as long as their lease lasts.
        """
        self._seen = {each: self._seen.get(each, now) for each in strangers}
        claims = [*self._making.values(), *(self.lent.values() if of_steps else ())]
        since = min(claims, default=math.inf)
        return [each for each, seen in self._seen.items() if seen < since]
