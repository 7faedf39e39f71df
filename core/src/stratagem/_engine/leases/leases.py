"""Leases that nodes open for the steps that follow, each held by a task of its own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, Event, Lock, current_time
from attrs import define, evolve, field

from stratagem._engine.leases.leasing import provided, waiting_for
from stratagem._engine.outcomes.faults import blame
from stratagem.errors import HookMisuse, ResourceUnavailable, describe

if TYPE_CHECKING:
    from stratagem._engine.parts import Frame, Run, StepRun
    from stratagem.model import ResourceRequest

log = logging.getLogger("stratagem.engine")


@define(eq=False)
class Held:
    """A lease that is held for others by ``opener``; ``holder`` keeps it, where it outlives that step."""

    request: ResourceRequest
    name: str
    value: Any
    opener: StepRun
    holder: Holder | None = None
    closed: bool = False
    _lock: Lock = field(factory=Lock, init=False)
    _users: list[StepRun] = field(factory=list, init=False)
    _left: Event = field(factory=Event, init=False)

    def is_for(self, kind: str, name: str | None) -> bool:
        """Return whether a step that asks for this kind and name may be given it."""
        return self.request.kind == kind and (name is None or name == self.name)

    @asynccontextmanager
    async def use(self, ready: StepRun) -> AsyncIterator[Any]:
        """The resource for one step: for it alone, or it and those around it, unless the lease is shared."""
        if self.request.shared or self._is_used_by((ready, *ready.ancestors())):
            async with self._used(ready) as value:
                yield value
            return
        async with self._lock, self._used(ready) as value:
            yield value

    @asynccontextmanager
    async def _used(self, ready: StepRun) -> AsyncIterator[Any]:
        if self.closed:
            kind = self.request.kind
            raise ResourceUnavailable(f"the lease of a {kind!r} was closed before the step could use it")
        provider = self.opener.run.providers[self.request.kind]
        self._users.append(ready)
        try:
            async with provider.use(ready, self.value) as value:
                yield value
        finally:
            self._users.remove(ready)
            self._left.set()

    async def until_unused(self, ready: StepRun) -> None:
        """Waits until no step uses it but ``ready`` and those around it."""
        own = [ready, *ready.ancestors()]
        while any(user not in own for user in self._users):
            self._left = Event()
            await self._left.wait()

    def _is_used_by(self, steps: Iterable[StepRun]) -> bool:
        return any(step in self._users for step in steps)


class LeaseBook:
    """The leases of a run that are held for other steps: by the step whose bodies they are for, or by the frame whose
    steps they are for. Those of a frame are closed with it, the last one first."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._held: dict[StepRun | Frame, list[Held]] = {}

    def find(self, ready: StepRun, kind: str, name: str | None = None) -> Held | None:
        """The lease of the kind, and of the name where one is given, that is held nearest around a step.

        Of several it is the one that the reference run would have opened last.
        """
        for place in _places_around(ready):
            found = [held for held in self._held.get(place, ()) if held.is_for(kind, name)]
            if found:
                return max(found, key=_place_in_order)
        return None

    @asynccontextmanager
    async def hold(self, ready: StepRun, request: ResourceRequest, name: str) -> AsyncIterator[Any]:
        """A lease for the bodies of ``ready``."""
        async with AsyncExitStack() as lease:
            with waiting_for(ready, request.kind):
                value = await lease.enter_async_context(provided(ready, request))
            held = Held(request, name, value, ready)
            self._held.setdefault(ready, []).append(held)
            try:
                yield value
            finally:
                self._forget(ready, held)

    async def open(self, ready: StepRun, request: ResourceRequest, name: str) -> Any:
        """A lease for steps that come later; closes what is open under the same name."""
        home = ready.frame.home
        for held in list(self._held.get(home, ())):
            if held.is_for(request.kind, name):
                await self.close(ready, held)
        holder = Holder(partial(provided, ready, request), self._run.options.grace)
        with waiting_for(ready, request.kind):
            value = await holder.open(self._run.services.spawn)
        self._held.setdefault(home, []).append(Held(request, name, value, ready, holder))
        return value

    async def close(self, ready: StepRun, held: Held) -> None:
        """Closes an opened lease once no other step uses it."""
        if held.holder is None:
            what = f"the lease of a {held.request.kind!r} is held for a body, which ends it"
            raise ResourceUnavailable(what, retryable=False)
        self._forget(held.opener.frame.home, held)
        try:
            await held.until_unused(ready)
        finally:
            with CancelScope(shield=True):
                await self._close(held, held.holder)

    async def end(self, frame: Frame) -> None:
        """The frame has ended: closes what was opened in it, and warns of it unless the frame had to be left."""
        left = self._held.pop(frame, [])
        with CancelScope(shield=True):
            for held in sorted(left, key=_place_in_order, reverse=True):
                held.closed = True
                if not (frame.stopped or frame.left):
                    _warn(held, "was still open when what it was opened in ended: the kernel has closed it")
                assert held.holder is not None  # only opened ones are kept by frames
                try:
                    await self._close(held, held.holder)
                except Exception as error:
                    _warn(held, f"could not be closed: {describe(error)}")

    async def _close(self, held: Held, holder: Holder) -> None:
        try:
            await holder.close()
        except TimeoutError as error:
            blame(self._run, self._run.providers[held.request.kind], error)

    def _forget(self, place: StepRun | Frame, held: Held) -> None:
        held.closed = True
        self._held[place].remove(held)
        if not self._held[place]:
            del self._held[place]


def _book_of(run: Run) -> LeaseBook:
    """The leases that are held for other steps, from when the first node asks."""
    book = run.leases
    if not isinstance(book, LeaseBook):
        book = run.leases = LeaseBook(run)
    return book


class StepLeases:
    """Implements `stratagem.Leases` for one step."""

    def __init__(self, ready: StepRun) -> None:
        self._ready = ready
        self._book = _book_of(ready.run)

    def hold(self, kind: str, name: str = "", **asked: Any) -> AbstractAsyncContextManager[Any]:
        """A lease for the bodies of this step."""
        return self._book.hold(self._ready, self._request(kind, asked), name)

    async def open(self, kind: str, name: str = "", **asked: Any) -> Any:
        """A lease for steps that come later."""
        return await self._book.open(self._ready, self._request(kind, asked), name)

    async def close(self, kind: str, name: str | None = None) -> bool:
        """Closes an opened lease."""
        held = self._book.find(self._ready, kind, name)
        if held is None:
            return False
        await self._book.close(self._ready, held)
        return True

    def current(self, kind: str, name: str | None = None) -> Any:
        """Return what a step here would be given."""
        held = self._book.find(self._ready, kind, name)
        return None if held is None else held.value

    def _request(self, kind: str, asked: Mapping[str, Any]) -> ResourceRequest:
        step = self._ready.step
        for claim in step.claims:
            if not claim.parameter and claim.request.kind == kind:
                said = {key: value for key, value in asked.items() if value is not None}
                request = claim.asked(self._ready.frame.scope)
                if "labels" in said:
                    said["labels"] = {**request.labels, **said["labels"]}
                return evolve(request, **said)
        hint = "Add it to the node type's 'holds' or 'opens'."
        what = f"{step.spec.type} holds a {kind!r} for other steps, and does not declare that"
        raise HookMisuse(what, node=step.id, provider=step.spec.distribution or None, hint=hint)


def _place_in_order(held: Held) -> tuple[int, ...]:
    return held.opener.key


def _places_around(ready: StepRun) -> Iterator[StepRun | Frame]:
    """Yield where leases for a step may be kept, from the inside out.

    A flow that runs beside others has its own alone.
    """
    frame = ready.frame
    while True:
        yield frame
        if frame.owner is None or frame.apart:
            return
        yield frame.owner
        frame = frame.owner.frame


def _warn(held: Held, what: str) -> None:
    step, way = held.opener.step, held.opener.way
    name = f" {held.name!r}" if held.name else ""
    provider = step.spec.distribution or "no distribution"
    log.warning("the %r%s that the node %r (of %s) opened %s", held.request.kind, name, way.text, provider, what)


Enter = Callable[[], AbstractAsyncContextManager[Any]]


class Holder:
    """Keeps what ``enter`` gives from `open` until `close`; ``grace`` seconds are left to closing."""

    def __init__(self, enter: Enter, grace: float) -> None:
        self._enter = enter
        self._grace = grace
        self._opened, self._closing, self._ended = Event(), Event(), Event()
        self._scope = CancelScope(shield=True)
        self._value: Any = None
        self._error: Exception | None = None

    async def open(self, spawn: Callable[..., Any]) -> Any:
        """Starts the task by ``spawn`` and gives what was opened; raises what opening raised.

        A caller that is cancelled meanwhile leaves nothing open.
        """
        spawn(self._keep)
        try:
            await self._opened.wait()
        except BaseException:
            if not self._opened.is_set():
                self._scope.cancel()
            with CancelScope(shield=True):
                await self._end()
            raise
        if self._error is not None:
            raise self._error
        return self._value

    async def close(self) -> None:
        """Ends the task; raises what closing raised, TimeoutError where that took too long."""
        await self._end()
        if self._scope.cancelled_caught:
            raise TimeoutError(f"it took longer than {self._grace:g} s to close")
        if self._error is not None:
            raise self._error

    async def _end(self) -> None:
        if self._opened.is_set():
            self._scope.deadline = current_time() + self._grace
        self._closing.set()
        await self._ended.wait()

    async def _keep(self) -> None:
        try:
            with self._scope:
                async with self._enter() as self._value:
                    self._opened.set()
                    await self._closing.wait()
        except Exception as error:
            self._error = error
        finally:
            self._opened.set()
            self._ended.set()
