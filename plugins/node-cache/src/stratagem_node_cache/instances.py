"""Instances of class nodes: as few as the bound allows, and as many as must not be let go."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from anyio import CancelScope, Event
from attrs import define

from stratagem import Step, instances

if TYPE_CHECKING:
    from stratagem import Run, StepRun

log = logging.getLogger("stratagem.node-cache")


@define(eq=False)
class Slot:
    """An instance that is at hand, ``users`` executions of its step going on.

    One that is ``kept`` stays to the end; the step of one that is ``done`` can't be run again.
    """

    instance: Any
    users: int = 0
    kept: bool = False
    done: bool = False


class Instances:
    """The instances of a run: at most ``most`` at a time, where that is possible without a change of meaning.

    Let go are the least recently used ones of ``rebuildable`` classes, never while an execution uses them; they are
    closed in a task of the run, and their state is handed to the next instance. One of another class is let go only
    where nobody can notice: its step can't be run again, and it has no ``close``. ``built``, ``reused`` and ``evicted``
    count; ``peak`` is the most there were at a time.
    """

    def __init__(self, run: Run, most: int) -> None:
        self._run = run
        self._most = most
        self._slots: dict[Step, Slot] = {}
        self._idle: OrderedDict[Step, Slot] = OrderedDict()
        self._states: dict[Step, Any] = {}
        self._closing: dict[Step, Event] = {}
        self.built = self.reused = self.evicted = self.peak = 0

    def lend(self, ready: StepRun) -> Loan:
        """The bound ``run`` of the step's instance, as an async context manager."""
        return Loan(self, ready)

    def keep(self, step: Step) -> Any:
        """The step's instance, for who holds on to it until the run ends."""
        slot = self._slots.get(step) or self._build(step)
        self._idle.pop(step, None)
        slot.kept = True
        return slot.instance

    async def borrow(self, ready: StepRun) -> Slot:
        """The slot of the step's instance, which is built if need be; raises what its class raises."""
        step = ready.step
        slot = self._slots.get(step)
        reused = slot is not None
        while slot is None:
            if self._may_build(step):
                slot = self._build(step)
            else:
                await (self._closing.get(step) or next(iter(self._closing.values()))).wait()
                slot = self._slots.get(step)
        self.reused += reused
        self._idle.pop(step, None)
        slot.users += 1
        self._run.tell(ready, "instance", reused=reused)
        return slot

    def give_back(self, ready: StepRun, slot: Slot, error: BaseException | None) -> None:
        """The execution has ended."""
        step, spec = ready.step, ready.step.spec
        slot.users -= 1
        if error is not None and not isinstance(error, Exception) and not spec.is_async:
            slot.kept = True  # a thread may still be at work in it
        slot.done = error is None and ready.frame.owner is None and step.retry is None
        if slot.users or slot.kept:
            return
        if spec.rebuildable:
            self._idle[step] = slot
        elif slot.done and not hasattr(slot.instance, "close"):
            del self._slots[step]
        self._make_room(self._most)

    async def close(self) -> None:
        """Closes all that are left, one after another."""
        for step, slot in self._slots.items():
            await instances.close(step, slot.instance)

    def _may_build(self, step: Step) -> bool:
        """Return whether an instance may be built now: there is room, or nothing will make room."""
        self._make_room(self._most - 1)
        has_room = len(self._slots) + len(self._closing) < self._most or not self._closing
        return has_room and step not in self._closing

    def _make_room(self, left: int) -> None:
        """Lets instances go until there are only so many, or no more can be let go."""
        while len(self._slots) > left and self._idle:
            self._evict()

    def _build(self, step: Step) -> Slot:
        state = self._states.get(step, instances.NO_STATE)
        slot = self._slots[step] = Slot(instances.build(step, state))
        self._states.pop(step, None)
        self.built += 1
        self.peak = max(self.peak, len(self._slots) + len(self._closing))
        return slot

    def _evict(self) -> None:
        """Lets the least recently used go; one that can't tell its state is kept."""
        step, slot = self._idle.popitem(last=False)
        try:
            state = instances.NO_STATE if slot.done else instances.state_of(slot.instance)
        except Exception:
            slot.kept = True
            log.warning(
                "node %r of type %s could not tell its state: it is kept", step.id, step.spec.type, exc_info=True
            )
            return
        if state is not instances.NO_STATE:
            self._states[step] = state
        del self._slots[step]
        self.evicted += 1
        if hasattr(slot.instance, "close"):
            self._closing[step] = Event()
            self._run.group.start_soon(self._close, step, slot.instance)

    async def _close(self, step: Step, instance: Any) -> None:
        try:
            with CancelScope(shield=True):
                await instances.close(step, instance)
        finally:
            self._closing.pop(step).set()


class Loan:
    """An instance in use: an async context manager, written out because one is made for each execution."""

    __slots__ = ("_instances", "_ready", "_slot")

    def __init__(self, lender: Instances, ready: StepRun) -> None:
        self._instances = lender
        self._ready = ready

    async def __aenter__(self) -> Callable[..., Any]:
        self._slot = await self._instances.borrow(self._ready)
        run: Callable[..., Any] = self._slot.instance.run
        return run

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._instances.give_back(self._ready, self._slot, error)
