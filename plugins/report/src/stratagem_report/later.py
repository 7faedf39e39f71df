"""Usual times that are learned when somebody first asks for them: most short runs end before that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stratagem import Usual


class LaterUsual(Mapping[str, "Usual"]):
    """The statistics that ``learn`` returns, called at most once by each thread that asks before it is known."""

    def __init__(self, learn: Callable[[], Mapping[str, Usual]]) -> None:
        self._learn = learn
        self._known: Mapping[str, Usual] | None = None

    def __getitem__(self, node: str) -> Usual:
        return self._all()[node]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, Usual]:
        if self._known is None:
            self._known = self._learn()
        return self._known
