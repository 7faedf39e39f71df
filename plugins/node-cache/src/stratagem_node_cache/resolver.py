"""The resolver that asks the caches before a step is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from stratagem import NodeSpec, Remembered, Resolver, ResolverWrapper, Step, may_be_remembered
from stratagem_node_cache.canonical import Unfit
from stratagem_node_cache.instances import Instances
from stratagem_node_cache.memory import Entry
from stratagem_node_cache.results import Request, Results, Terms
from stratagem_node_cache.tally import Tally
from stratagem_node_cache.terms import folders_of, terms_of

if TYPE_CHECKING:
    from pathlib import Path

    from stratagem import Run, StepRun


class NodeCacheResolver(ResolverWrapper):
    """For one run: lends instances within a bound, and results of steps that only depend on their inputs.

    Args:
        max_entries: of instances at a time.
        ttl: seconds for which a result holds where its node says nothing.
    """

    def __init__(self, inner: Resolver, run: Run, results: Results, *, max_entries: int, ttl: float) -> None:
        super().__init__(inner)
        self._run = run
        self._results = results
        self._ttl = ttl
        self._stored = results.store is not None
        self._instances = Instances(run, max_entries)
        self._terms: dict[Step, Terms] = {}
        self._shared: dict[tuple[NodeSpec, float | None, Path | None], Terms] = {}
        self._beneath: dict[Step, bool] = {}
        self._requests: dict[int, Request] = {}
        self._folders: dict[Step, Path] | None = None
        self._sought: dict[NodeSpec, list[Step]] = {}
        self._chosen: dict[Step, float] = {}
        self._binding: dict[Step, float] = {}
        self._worths = results.worths.types
        self._left_out: dict[NodeSpec, int] = {}
        self._skipped: set[Step] = set()
        self._tally = Tally(results.memory.evicted)

    def concerns(self, step: Step) -> bool:
        spec = step.spec
        if spec.stateful:
            return True
        worth = self._worths.get(spec)
        if worth is not None and worth.left and step.node.cache is None:  # first, as that is for cheap steps
            worth.left -= 1
            self._skipped.add(step)
            self._left_out[spec] = self._left_out.get(spec, 0) + 1
            return self.inner.concerns(step)
        self._skipped.discard(step)
        if may_be_remembered(step):
            self._chosen[step] = perf_counter()
            return True
        return self.inner.concerns(step)

    def handler(self, step: Step) -> Callable[..., Any]:
        if not step.spec.stateful:
            return self.inner.handler(step)
        run: Callable[..., Any] = self._instances.keep(step).run
        return run

    def lends(self, step: Step) -> bool:
        return step.spec.stateful or self.inner.lends(step)

    def lend(self, step: StepRun) -> AbstractAsyncContextManager[Callable[..., Any]]:
        return self._instances.lend(step) if step.step.spec.stateful else self.inner.lend(step)

    def remembers(self, step: Step) -> bool:
        self._beneath[step] = self.inner.remembers(step)
        if step not in self._skipped and (step in self._chosen or may_be_remembered(step)):
            if step.node.cache is None and not step.spec.stateful:
                self._sought.setdefault(step.spec, []).append(step)
            self._terms[step] = self._terms_of(step)
            begun = self._chosen.pop(step, None)
            if begun is not None:  # what binding takes longer for a look counts for the first one
                self._binding[step] = perf_counter() - begun
            return True
        return self._beneath[step]

    def _terms_of(self, step: Step) -> Terms:
        """The terms, which steps of one type share as far as their nodes ask for the same time."""
        folder = self._folder(step)
        asked = step.spec, step.node.cache.ttl if step.node.cache else None, folder
        known = self._shared.get(asked)
        if known is None:
            how: Any = {"stored": self._stored, "reveals": self._run.services.secrets.masker.finds}
            known = self._shared[asked] = terms_of(step, self._ttl, folder, **how)
        return known

    def _leave_out(self, spec: NodeSpec) -> None:
        """Has the steps of a type that costs less than a look-up bound anew, without it."""
        for step in self._sought.pop(spec, ()):
            self._run.rebind(step)

    def _folder(self, step: Step) -> Path | None:
        if not step.spec.injected:
            return None
        if self._folders is None:
            self._folders = folders_of(self._run.plan, self._run.services.directory)
        return self._folders[step]

    def terms(self, step: Step) -> Terms:
        """On which terms the step's results are kept; raises KeyError if they are not."""
        return self._terms[step]

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        if step not in self._beneath:
            self.remembers(step)
        terms = None if step in self._skipped else self._terms.get(step)
        if terms is not None and (known := await self._recall(step, terms, inputs)) is not None:
            return known
        if not self._beneath[step]:
            return None
        try:
            beneath = await self.inner.recall(step, inputs)
        except BaseException:
            self._give_up(inputs)
            raise
        if beneath is not None:
            self._give_up(inputs)
        return beneath

    async def _recall(self, step: Step, terms: Terms, inputs: Mapping[str, Any]) -> Remembered | None:
        begun = perf_counter() - self._binding.pop(step, 0.0)
        try:
            key, portable = terms.keys.key(inputs)
        except Unfit:
            self._tally.misses += 1
            self._tally.unfit += 1
            return None
        entry = self._results.known(key, terms)
        if entry is not None:
            hit = self._hit(key, entry)
            if self._results.worths.of(step.spec).note_hit(entry.seconds, perf_counter() - begun):
                self._leave_out(step.spec)
            return hit
        request = Request(key, portable, asked=begun)
        entry = await self._results.find(request, terms)
        if entry is not None:
            return self._hit(key, entry)  # what others have run meanwhile tells nothing of what a look costs
        self._tally.misses += 1
        self._requests[id(inputs)] = request
        return None

    def _hit(self, key: bytes, entry: Entry) -> Remembered:
        self._tally.hits += 1
        self._tally.saved += entry.seconds
        return Remembered(entry.value(), max(self._results.clock() - entry.made, 0.0), key.hex())

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        request = self._requests.pop(id(inputs), None)
        if request is not None:
            await self._keep(step, request, inputs, value, perf_counter() - request.begun)
        if self._beneath.get(step):
            await self.inner.remember(step, inputs, value)

    async def _keep(self, step: Step, request: Request, inputs: Mapping[str, Any], value: Any, taken: float) -> None:
        worth = self._results.worths.of(step.spec)
        if worth.is_still_cheap(taken, request.begun - request.asked):
            self._results.give_up(request)
        elif not await self._results.keep(request, self._terms[step], inputs, value):
            self._tally.unfit += 1
        if worth.note(taken, perf_counter() - request.asked - taken):
            self._leave_out(step.spec)

    def forget(self, step: Step, inputs: Mapping[str, Any]) -> None:
        self._give_up(inputs)
        if self._beneath.get(step):
            self.inner.forget(step, inputs)

    async def close(self) -> None:
        self._tally.record(self._run, self._instances, self._results.memory)
        for spec, steps in self._left_out.items():
            self._run.record("cache.left_out", steps, "{step}", cache="node", type=spec.type)
        await self._instances.close()
        await self.inner.close()

    def _give_up(self, inputs: Mapping[str, Any]) -> None:
        request = self._requests.pop(id(inputs), None)
        if request is not None:
            self._results.give_up(request)
