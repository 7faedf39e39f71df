"""Single flight: of equal steps at the same time one is run, and the others wait for what it gives."""

from __future__ import annotations

from anyio import Event

from stratagem_node_cache.memory import Entry


class Flight:
    """A step that is being run; ``entry`` is what it gave, ``landed`` that it gave something, even if unfit to keep."""

    __slots__ = ("_event", "entry", "landed")

    def __init__(self) -> None:
        self._event: Event | None = None
        self.entry: Entry | None = None
        self.landed = False

    async def wait(self) -> None:
        """Waits for its end, however it ends."""
        if self._event is None:
            self._event = Event()
        await self._event.wait()

    def end(self, entry: Entry | None, *, landed: bool) -> None:
        """Wakes all who wait."""
        self.entry = entry
        self.landed = landed
        if self._event is not None:
            self._event.set()


class Flights:
    """The steps that are being run, by key. Ending one never waits, so that a cancelled step can do it."""

    def __init__(self) -> None:
        self._flights: dict[bytes, Flight] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def get(self, key: bytes) -> Flight | None:
        """The one that is under way with this key."""
        return self._flights.get(key)

    def begin(self, key: bytes) -> None:
        """The caller runs the step, and ends the flight in whatever way that goes."""
        self._flights[key] = Flight()

    def land(self, key: bytes, entry: Entry | None) -> None:
        """The step gave a value; without an entry, those who wait have to run it themselves, all at once."""
        self._flights.pop(key).end(entry, landed=True)

    def fail(self, key: bytes) -> None:
        """The step failed or was cancelled: the first of those who wait takes its place."""
        self._flights.pop(key).end(None, landed=False)
