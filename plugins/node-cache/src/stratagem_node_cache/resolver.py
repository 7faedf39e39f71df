"""The resolver that asks the caches before a step is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from stratagem import Remembered, Resolver, ResolverWrapper, Step
from stratagem.nodes.remembering import may_be_remembered
from stratagem_node_cache.canonical import Unfit
from stratagem_node_cache.instances import Instances
from stratagem_node_cache.results import Request, Results, Terms
from stratagem_node_cache.tally import Tally
from stratagem_node_cache.terms import folders_of, terms_of

if TYPE_CHECKING:
    from pathlib import Path

    from stratagem.engine.frame import StepRun
    from stratagem.engine.run import Run


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
        self._beneath: dict[Step, bool] = {}
        self._requests: dict[int, Request] = {}
        self._folders: dict[Step, Path] | None = None
        self._tally = Tally(results.memory.evicted)

    def concerns(self, step: Step) -> bool:
        return step.spec.stateful or may_be_remembered(step) or self.inner.concerns(step)

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
        if may_be_remembered(step):
            how: Any = {"stored": self._stored, "reveals": self._run.services.secrets.masker.finds}
            self._terms[step] = terms_of(step, self._ttl, self._folder(step), **how)
        return step in self._terms or self._beneath[step]

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
        terms = self._terms.get(step)
        if terms is not None and (known := await self._recall(terms, inputs)) is not None:
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

    async def _recall(self, terms: Terms, inputs: Mapping[str, Any]) -> Remembered | None:
        tally = self._tally
        try:
            key, portable = terms.keys.key(inputs)
        except Unfit:
            tally.misses += 1
            tally.unfit += 1
            return None
        entry = self._results.known(key, terms)
        if entry is None:
            request = Request(key, portable)
            entry = await self._results.find(request, terms)
            if entry is None:
                tally.misses += 1
                self._requests[id(inputs)] = request
                return None
        tally.hits += 1
        tally.saved += entry.seconds
        return Remembered(entry.value(), max(self._results.clock() - entry.made, 0.0), key.hex())

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        request = self._requests.pop(id(inputs), None)
        if request is not None and not await self._results.keep(request, self._terms[step], inputs, value):
            self._tally.unfit += 1
        if self._beneath.get(step):
            await self.inner.remember(step, inputs, value)

    def forget(self, step: Step, inputs: Mapping[str, Any]) -> None:
        self._give_up(inputs)
        if self._beneath.get(step):
            self.inner.forget(step, inputs)

    async def close(self) -> None:
        self._tally.record(self._run, self._instances, self._results.memory)
        await self._instances.close()
        await self.inner.close()

    def _give_up(self, inputs: Mapping[str, Any]) -> None:
        request = self._requests.pop(id(inputs), None)
        if request is not None:
            self._results.give_up(request)
