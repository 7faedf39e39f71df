"""Counts of the caches in a run, recorded when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

if TYPE_CHECKING:
    from stratagem import Run
    from stratagem_node_cache.instances import Instances
    from stratagem_node_cache.memory import Memory


@define
class Tally:
    """Counts of results; ``evicted`` is what the memory had evicted when the run began, ``saved`` are seconds."""

    evicted: int
    hits: int = 0
    misses: int = 0
    unfit: int = 0
    saved: float = 0.0

    def record(self, run: Run, instances: Instances, memory: Memory) -> None:
        """Records what was asked for at all: one measurement of each sort."""
        if self.hits or self.misses:
            run.record("cache.requests", self.hits, cache="node", hit=True)
            run.record("cache.requests", self.misses, cache="node", hit=False)
            run.record("cache.unfit", self.unfit, cache="node")
            run.record("cache.evictions", memory.evicted - self.evicted, cache="node")
            run.record("cache.size", memory.size, "By", cache="node")
            run.record("cache.saved", self.saved, "s", cache="node")
        if instances.built:
            run.record("cache.requests", instances.reused, cache="instance", hit=True)
            run.record("cache.requests", instances.built, cache="instance", hit=False)
            run.record("cache.evictions", instances.evicted, cache="instance")
            run.record("cache.entries", instances.peak, cache="instance")
