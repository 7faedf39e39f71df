"""Our own strategies keep the contracts that authors of others are given."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

from stratagem import Limits, PlainResolver, Recorder, Resolver, Scheduler, SequentialScheduler
from stratagem._engine.telemetry.events import EventRecorder
from stratagem_compiled import CompiledResolver
from stratagem_dag import DagScheduler
from stratagem_dag.limits import LimitBook
from stratagem_pools import PoolSettings
from stratagem_report.recorder import RunRecorder
from stratagem_report.writer import RecordWriter
from stratagem_testing import (
    AnyReady,
    Grip,
    PoolContract,
    RecorderContract,
    ResolverContract,
    SchedulerContract,
    SeededScheduler,
    ThingPlugin,
    Things,
    Watcher,
)
from stratagem_variable_cache import VariableCache, VariableCacheSettings


class TestSequential(SchedulerContract):
    def scheduler(self) -> Scheduler:
        return SequentialScheduler()


class TestDag(SchedulerContract):
    def scheduler(self) -> Scheduler:
        return DagScheduler(16)


class TestDagOneAtATime(SchedulerContract):
    def scheduler(self) -> Scheduler:
        return DagScheduler(1)


class TestDagWithLimits(SchedulerContract):
    def scheduler(self) -> Scheduler:
        limits = Limits(types={"sample.wait": 2, "sample.value": 1, "sample.set": 1})
        return DagScheduler(4, LimitBook.of(limits))


class TestAnyReady(SchedulerContract):
    def scheduler(self) -> Scheduler:
        return AnyReady(3)


class TestSeeded(SchedulerContract):
    def scheduler(self) -> Scheduler:
        return SeededScheduler(Random(5))


class TestPlainResolver(ResolverContract):
    def resolver(self) -> Resolver:
        return PlainResolver()


class TestCompiled(ResolverContract):
    def resolver(self) -> Resolver:
        return CompiledResolver()


class TestVariableCache(ResolverContract):
    def resolver(self) -> Resolver:
        return VariableCache(PlainResolver(), VariableCacheSettings(threshold=0.0))


class TestVariableCacheOverCompiled(ResolverContract):
    def resolver(self) -> Resolver:
        return VariableCache(CompiledResolver(), VariableCacheSettings(threshold=0.0, max_entries=3))


class TestWatcher(RecorderContract):
    def recorder(self) -> Recorder:
        return Watcher()


class TestEvents(RecorderContract):
    def recorder(self) -> Recorder:
        return EventRecorder(list[object]().append)


class TestRunRecorder(RecorderContract):
    @pytest.fixture(autouse=True)
    def _records(self, tmp_path: Path) -> None:
        self.paths = (tmp_path / f"{number}.jsonl" for number in count())

    def recorder(self) -> Recorder:
        return RunRecorder(RecordWriter(next(self.paths), 1_000_000))


class TestThings(PoolContract):
    def setup_method(self) -> None:
        self.things = Things()

    def pooled(self, limits: PoolSettings) -> ThingPlugin:
        return ThingPlugin(limits, self.things)

    def open_now(self) -> int:
        return len(self.things.grips)

    def left_over(self) -> int:
        return len(self.things.alive)

    async def use(self, leased: Grip) -> int:
        return leased.use()


class TestThingsThatServeOnce(TestThings):
    def pooled(self, limits: PoolSettings) -> ThingPlugin:
        return ThingPlugin(evolve(limits, max_uses=1, spare=4, ahead=2), self.things)
