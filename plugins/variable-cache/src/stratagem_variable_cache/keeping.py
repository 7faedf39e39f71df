"""Keeping: a part of a template as a function that computes only what is not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from stratagem import Feed, Getter, TemplateLink, estimated_size, evaluator, look_up, syntax
from stratagem_variable_cache.costly import NEW_LISTS
from stratagem_variable_cache.snapshots import CantTell, Snapshot
from stratagem_variable_cache.store import Entry, Store
from stratagem_variable_cache.trees import parts

if TYPE_CHECKING:
    from stratagem import Scope

SCALARS = frozenset((str, int, float, bool, type(None)))

LONGEST_PAUSE = 64
"""The most times that a part is computed without a look into the cache, after looks that did not pay."""


class Part:
    """A part of a template, kept for as long as all that it reads is the same.

    Args:
        number: of its form; parts of one form share what is kept.
        threshold: seconds that it must take to be kept.
    """

    def __init__(self, node: syntax.Filtered, feed: Feed, number: int, store: Store, threshold: float) -> None:
        self._number = number
        self._store = store
        self._threshold = threshold
        self._build = evaluator(node, TemplateLink(feed.binder)).call
        self._reads = _readers(node, feed)
        self._gives_lists = node.name in NEW_LISTS
        self._pause = 0
        self._left = 0

    def __call__(self, scope: Scope) -> Any:
        """The value in a scope; raises what the part itself would raise."""
        if self._left:
            self._left -= 1
            return self._build(scope)
        read = self._read(scope)
        if read is None:
            self._rest()
            return self._build(scope)
        key = (self._number, *[value if type(value) is str else id(value) for value in read])
        entry = self._store.find(key)
        if entry is None:
            return self._made(scope, key, read)
        self._pause = 0
        self._store.hits += 1
        self._store.saved += entry.seconds
        value = entry.value
        return value.copy() if type(value) is list else value

    def _read(self, scope: Scope) -> list[Any] | None:
        """Return what the part reads.

        None if something is missing: whether that is needed is for the part itself to tell.
        """
        try:
            return [get(scope) for get in self._reads]
        except Exception:
            return None

    def _made(self, scope: Scope, key: tuple[Any, ...], read: Sequence[Any]) -> Any:
        self._store.misses += 1
        begun = perf_counter()
        value = self._build(scope)
        seconds = perf_counter() - begun
        if seconds < self._threshold:
            self._rest()
        elif self._store.meets_again(key):
            self._keep(key, value, read, seconds)
            self._rest()
        return value

    def _rest(self) -> None:
        """Looks less and less often into a cache that has nothing."""
        self._left = self._pause = min(2 * self._pause or 1, LONGEST_PAUSE)

    def _keep(self, key: tuple[Any, ...], value: Any, read: Sequence[Any], seconds: float) -> None:
        if type(value) is list and self._gives_lists:
            value = value.copy()
        elif type(value) not in SCALARS:
            return
        try:
            snapshots = [Snapshot(each) for each in read]
        except CantTell:
            return
        size = estimated_size(value) + sum([snapshot.size for snapshot in snapshots])
        self._store.keep(key, Entry(value, tuple(read), tuple(snapshots), seconds, size))


def _readers(node: syntax.Syntax, feed: Feed) -> list[Getter]:
    """Functions that read what the part is made from, each path once."""
    found: dict[object, Getter] = {}
    for part in parts(node):
        if isinstance(part, syntax.Reference) and (source := feed.source(part.path)) is not None:
            steps = part.steps[source.uses :]
            found[source, steps] = _along(source.get, steps) if steps else source.get
    return list(found.values())


def _along(get: Getter, steps: tuple[str | int, ...]) -> Callable[[Scope], Any]:
    def read(scope: Scope) -> Any:
        value = get(scope)
        for step in steps:
            value = value[step] if type(value) is dict else look_up(value, step)
        return value

    return read
