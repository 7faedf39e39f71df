"""The resolver that keeps parts of templates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve

from stratagem import Feed, Inputs, Resolver, ResolverWrapper, Template, syntax
from stratagem_variable_cache.costly import may_be_kept
from stratagem_variable_cache.keeping import Part
from stratagem_variable_cache.moment import Moment
from stratagem_variable_cache.settings import VariableCacheSettings
from stratagem_variable_cache.store import Store
from stratagem_variable_cache.trees import form, replaced

if TYPE_CHECKING:
    from stratagem import Run, Scope, Step


class VariableCache(ResolverWrapper):
    """Hands steps on with parts of their templates replaced by ones that are kept.

    Args:
        inner: resolves the changed steps.
        settings: the bounds.
        run: told of hits and misses when it ends. A step of its workflow itself runs once, and is changed only where
            another one before it has an equal part; without a run, every step may run many times.
    """

    def __init__(self, inner: Resolver, settings: VariableCacheSettings | None = None, run: Run | None = None) -> None:
        super().__init__(inner)
        self.direct = inner.direct
        self._run = run
        self._settings = settings or VariableCacheSettings()
        self._store = Store(self._settings.max_entries, self._settings.max_bytes)
        self._moment = Moment() if self._settings.freeze_time else None
        self._numbers: dict[Any, int] = {}
        self._changed: dict[Step, Step] = {}

    def concerns(self, step: Step) -> bool:
        return self._with_kept(step) is not step or self.inner.concerns(step)

    def inputs(self, step: Step) -> Callable[[Scope], dict[str, Any]]:
        return self.inner.inputs(self._with_kept(step))

    async def close(self) -> None:
        await self.inner.close()
        if self._run is not None:
            self._store.report(self._run)
        self._store.clear()

    def _with_kept(self, step: Step) -> Step:
        if not step.templated:
            return step
        inputs = step.inputs
        changed = self._changed.get(step)
        if changed is None:
            feeds = [self._feed(feed, self._runs_once(step)) for feed in inputs.feeds]
            same = all(new is old for new, old in zip(feeds, inputs.feeds, strict=True))
            changed = self._changed[step] = step if same else evolve(step, inputs=Inputs(inputs.constants, feeds))
        return changed

    def _runs_once(self, step: Step) -> bool:
        if self._run is None:
            return False
        steps = self._run.plan.steps
        return step.index < len(steps) and steps[step.index] is step

    def _feed(self, feed: Feed, once: bool) -> Feed:
        template, moment = feed.template, self._moment
        if not isinstance(template, Template):  # lines, or a format's own template, which may read in ways of its own
            return feed
        root = template.root
        if moment is not None:
            root = replaced(root, lambda node: moment.stand_in(node, feed))
        root = replaced(root, lambda node: self._kept(node, feed, once))
        return feed if root is template.root else feed.reading(Template(template.text, root, template.paths))

    def _kept(self, node: syntax.Syntax, feed: Feed, once: bool) -> syntax.Syntax:
        if not (isinstance(node, syntax.Filtered) and may_be_kept(node, feed)):
            return node
        count = len(self._numbers)
        number = self._numbers.setdefault(form(node, partial(_name_of, feed)), count)
        if once and number == count:
            return node
        return syntax.Given(
            node.source, node.start, node.height, Part(node, feed, number, self._store, self._settings.threshold)
        )


def _name_of(feed: Feed, node: syntax.Syntax) -> Any:
    return (feed.source(node.path), node.steps) if isinstance(node, syntax.Reference) else None
