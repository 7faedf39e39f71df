"""Results: looked up in memory, then on disk; kept in both; one run for equal steps at the same time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter, time
from typing import Any

from anyio import to_thread
from attrs import define, field, frozen

from stratagem_node_cache.aliases import repeats, shares_with
from stratagem_node_cache.canonical import Unfit, written
from stratagem_node_cache.flights import Flights
from stratagem_node_cache.keys import KeyMaker
from stratagem_node_cache.memory import Entry, Memory
from stratagem_node_cache.store import Row, Store
from stratagem_node_cache.text import from_text, to_text


@frozen(eq=False)
class Terms:
    """On which terms a step's results are kept: for ``ttl`` seconds.

    ``stored`` tells that they may go to disk too, unless a secret is what ``reveals`` finds in them; ``record`` is the attrs class
    that the node returns, if it returns one.
    """

    type_: str
    keys: KeyMaker
    ttl: float
    stored: bool = False
    record: type | None = None
    reveals: Callable[[str], bool] = lambda text: False


@define(eq=False)
class Request:
    """A step that asks for its result; ``portable`` tells that its ``key`` holds in other processes too.

    The one that ``leads`` runs for others who ask the same meanwhile; when it has ``begun`` to is on `perf_counter`.
    """

    key: bytes
    portable: bool
    leads: bool = False
    begun: float = 0.0


@define(eq=False)
class Results:
    """The results of a kernel's runs. ``clock`` gives seconds since 1970, as the store outlives the process."""

    memory: Memory
    store: Store | None = None
    clock: Callable[[], float] = time
    flights: Flights = field(factory=Flights)

    def known(self, key: bytes, terms: Terms) -> Entry | None:
        """The result, if it is in memory."""
        entry = self.memory.get(key)
        return entry if entry is not None and self._is_fresh(entry.made, terms) else None

    async def find(self, request: Request, terms: Terms) -> Entry | None:
        """The result, where it was not `known`; None if the step has to be run, and then `keep` or `give_up` called."""
        while (flight := self.flights.get(request.key)) is not None:
            await flight.wait()
            if flight.landed:
                request.begun = perf_counter()
                return flight.entry
            if (entry := self.known(request.key, terms)) is not None:
                return entry
        self.flights.begin(request.key)
        request.leads = True
        entry = None
        if self.store is not None and terms.stored and request.portable:
            try:
                entry = await self._read(request.key, terms, self.store)
            except BaseException:
                self.give_up(request)
                raise
        request.begun = perf_counter()
        if entry is not None:
            self.memory.put(request.key, entry)
            self._land(request, entry)
        return entry

    async def keep(self, request: Request, terms: Terms, inputs: Mapping[str, Any], value: Any) -> bool:
        """Takes in what the step gave; tells whether it is fit to be kept."""
        entry = self._entry(request, inputs, value)
        self._land(request, entry)
        if entry is None:
            return False
        self.memory.put(request.key, entry)
        if self.store is not None and terms.stored and request.portable:
            await self._write(request.key, terms, entry, value, self.store)
        return True

    def give_up(self, request: Request) -> None:
        """The step failed or was cancelled."""
        if request.leads:
            self.flights.fail(request.key)

    def _land(self, request: Request, entry: Entry | None) -> None:
        if request.leads:
            self.flights.land(request.key, entry)

    def _is_fresh(self, made: float, terms: Terms) -> bool:
        return 0 <= self.clock() - made < terms.ttl  # what was made in the future, by another clock, is not

    def _entry(self, request: Request, inputs: Mapping[str, Any], value: Any) -> Entry | None:
        """None for what is no value of its own: a copy would not do what the thing itself does."""
        try:
            form = written(value)
            if shares_with(value, inputs):
                return None
            entry = Entry(value, self.clock(), perf_counter() - request.begun)
            return entry if written(entry.value()) == form else None
        except Exception:  # `Unfit`, or whatever a class does while its objects are copied
            return None

    async def _read(self, key: bytes, terms: Terms, store: Store) -> Entry | None:
        row = await to_thread.run_sync(store.get, key)
        if row is None or not self._is_fresh(row.made, terms):
            return None
        try:
            return Entry(from_text(row.text, terms.record), row.made, row.seconds)
        except Exception:  # written by a release that knew other values, or of a class that has changed since
            return None

    async def _write(self, key: bytes, terms: Terms, entry: Entry, value: Any, store: Store) -> None:
        try:
            text = "" if repeats(value) else to_text(value, terms.record)
        except Unfit:
            return
        if text and not terms.reveals(text):
            await to_thread.run_sync(store.put, key, terms.type_, Row(text, entry.made, entry.seconds))
