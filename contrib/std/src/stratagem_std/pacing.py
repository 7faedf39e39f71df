"""Pacing: requests that come at once do not overrun a server's short queue of new connections."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from anyio import Event, current_time, move_on_after
from anyio.lowlevel import RunVar

BURST: Final = 5
"""Requests to one server that go out together. Many servers queue no more connections than that until they are
accepted; what comes beyond is dropped, and tried again by the operating system only a second later."""

PACE: Final = 0.03
"""Seconds after which a request makes room for the next one, though it is not answered yet."""


class _Server:
    """When requests were sent that have not been answered, the event of the next answer, and how many look at this."""

    def __init__(self) -> None:
        self.users = 0
        self.sent: list[float] = []
        self.answered = Event()

    async def room(self) -> None:
        while len(recent := [time for time in self.sent if time + PACE > current_time()]) >= BURST:
            with move_on_after(min(recent) + PACE - current_time()):
                await self.answered.wait()

    @contextmanager
    def unanswered(self) -> Iterator[None]:
        self.sent.append(time := current_time())
        try:
            yield
        finally:
            self.sent.remove(time)
            self.answered.set()
            self.answered = Event()


_SERVERS: Final[RunVar[defaultdict[str, _Server]]] = RunVar("stratagem_std.servers")


@asynccontextmanager
async def paced(server: str) -> AsyncIterator[None]:
    """Waits until the server has answered earlier requests, or has had time to accept them; holds until the answer."""
    servers = _servers()
    state = servers[server]
    state.users += 1
    try:
        await state.room()
        with state.unanswered():
            yield
    finally:
        state.users -= 1
        if not state.users:
            del servers[server]


def _servers() -> defaultdict[str, _Server]:
    """The servers of this event loop."""
    try:
        return _SERVERS.get()
    except LookupError:
        found: defaultdict[str, _Server] = defaultdict(_Server)
        _SERVERS.set(found)
        return found
