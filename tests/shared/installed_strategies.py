"""Combinations of the strategies that are installed here: what lands later is in them without being named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import asdict, evolve, frozen

from hypothesis_profiles import FACTORS, factor
from stratagem import Config, Kernel, PluginsConfig, Strategy
from stratagem._support.clock import current_backend
from stratagem.hosting import COMPILE, RESOLVE, SCHEDULE, Installed
from stratagem.plugins.discovery import PLUGIN

CACHES = ("variable-cache", "node-cache")
"""Plugins that may stand before any resolver."""

BACKENDS = ("asyncio", "trio")


@frozen
class Profile:
    """Strategies by name, and the caches before the resolver, outermost first."""

    strategy: Strategy
    caches: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = (self.strategy.schedule, self.strategy.resolve, self.strategy.compile, *self.caches)
        return "+".join(name for name in names if name not in ("plain", "reference"))

    def kernel(self, config: Config | None = None) -> Kernel:
        """A kernel with these strategies, else as ``config`` says; skips the test where they don't work on its backend."""
        own = evolve(config or Config(), strategy=self.strategy)
        kernel = Kernel(evolve(own, plugins=PluginsConfig((*own.plugins.use, *self.caches))))
        backend = current_backend()
        if any(backend not in plugin.backends for plugin in kernel.plugins):
            pytest.skip(f"{self} does not work on {backend}")
        return kernel


def profiles() -> list[Profile]:
    """Schedule × resolve × caches; and each other way to compile with each schedule, so that there are not too many."""
    installed = Installed()
    schedules, resolvers = installed.names(SCHEDULE), installed.names(RESOLVE)
    caches = [name for name in CACHES if name in installed.names(PLUGIN)]
    some = [each for size in range(len(caches) + 1) for each in combinations(caches, size)]
    found = [
        Profile(Strategy(schedule=schedule, resolve=resolve), chosen)
        for schedule, resolve, chosen in product(schedules, resolvers, some)
    ]
    others = [name for name in installed.names(COMPILE) if name != Strategy().compile]
    found += [Profile(Strategy(compile=name, schedule=schedule)) for name, schedule in product(others, schedules)]
    return sorted(found, key=lambda profile: profile.strategy != Strategy())


def with_profiles(name: str, values: Iterable[Any]) -> pytest.MarkDecorator:
    """Runs a test with each value, strategies and event loops, such that each pair of them occurs; nightly with all."""
    every = list(product(values, profiles(), BACKENDS))
    chosen = every if factor() >= FACTORS["nightly"] else _pairs(every)
    return pytest.mark.parametrize((name, "profile", "anyio_backend"), chosen, ids=_id)


def _id(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value)


def _pairs(every: Sequence[tuple[Any, Profile, str]]) -> list[tuple[Any, Profile, str]]:
    """Those of a fixed random order that bring a pair of traits which none before them has."""
    met: set[tuple[Any, ...]] = set()
    chosen = []
    for each in Random(0).sample(every, len(every)):
        pairs = set(combinations(_traits(*each), 2))
        if not pairs <= met:
            met |= pairs
            chosen.append(each)
    return sorted(chosen, key=every.index)


def _traits(value: Any, profile: Profile, backend: str) -> tuple[tuple[str, Any], ...]:
    """The factors of a combination; each pair of theirs is wanted."""
    caches = ((cache, cache in profile.caches) for cache in CACHES)
    return ("value", str(value)), ("backend", backend), *asdict(profile.strategy).items(), *caches
