"""Beneath: a resolver that notes what wrappers around it hand on."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from stratagem import PlainResolver, Remembered, RunResult

if TYPE_CHECKING:
    from stratagem import Step, StepRun


class Beneath(PlainResolver):
    """Concerns every step, knows no value, wants to be told of each, and lends every callable."""

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[int, tuple[str, Mapping[str, Any]]] = {}  # with the inputs, so that no id comes again
        self.told: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.lent: Counter[str] = Counter()
        self.closed = 0

    def concerns(self, step: Step) -> bool:
        return True

    def lends(self, step: Step) -> bool:
        return True

    @asynccontextmanager
    async def lend(self, step: StepRun) -> AsyncIterator[Callable[..., Any]]:
        self.lent[step.step.id] += 1
        self.told["lent"] += 1
        try:
            yield self.handler(step.step)
        finally:
            self.told["left"] += 1

    def remembers(self, step: Step) -> bool:
        return True

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        self.open[id(inputs)] = step.id, inputs
        return None

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        self._end("remember", step, inputs)

    def forget(self, step: Step, inputs: Mapping[str, Any]) -> None:
        self._end("forget", step, inputs)

    def _end(self, how: str, step: Step, inputs: Mapping[str, Any]) -> None:
        self.told[how] += 1
        if self.open.pop(id(inputs), None) is None:
            self.wrong.append(f"{how} of {step.id!r} with inputs that recall was not given, or for a second time")

    async def close(self) -> None:
        self.closed += 1
        await super().close()

    def check(self, result: RunResult) -> None:
        """Fails where a wrapper has kept something for itself in a run that ended in this way."""
        left = sorted(id_ for id_, _ in self.open.values())
        assert not left, f"neither remember nor forget was handed on for {left}"
        assert not self.wrong, "; ".join(self.wrong)
        assert self.told["lent"] == self.told["left"], "a lent callable was not given back"
        assert self.lent["failed"] == 1, "lends or lend is not handed on"
        assert self.lent["again"] == 2, "lend is not asked for each attempt"
        assert self.told["forget"], "recall is not handed on, nor is what follows it"
        assert self.closed == 1, f"close was handed on {self.closed} times, and not once"
        assert result.status == "failed"
