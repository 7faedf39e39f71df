"""The contracts catch strategies that break them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from stratagem import (
    PlainResolver,
    Plugin,
    Recorder,
    Remembered,
    Resolver,
    ResourceProvider,
    ResourceRequest,
    Scheduler,
    Step,
    StepRun,
)
from stratagem_testing import (
    AnyReady,
    ProviderContract,
    RecorderContract,
    ResolverContract,
    SchedulerContract,
    provided,
)


class Leaky(AnyReady):
    """Keeps the places of steps that have ended."""

    def release(self, step: StepRun) -> None:
        """Does nothing."""


class Counting(AnyReady):
    """Counts owners of bodies as running."""

    def take(self) -> StepRun | None:
        if not self.ready or not self.free:
            return None
        self.free -= 1
        return self.ready.popleft()


class Forgetful(PlainResolver):
    """Remembers by node type alone, and what has effects too."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Any] = {}

    async def recall(self, step: Step, inputs: Mapping[str, Any]) -> Remembered | None:
        return Remembered(self.known[step.spec.id]) if step.spec.id in self.known else None

    async def remember(self, step: Step, inputs: Mapping[str, Any], value: Any) -> None:
        self.known[step.spec.id] = value


class Nervous(Recorder):
    """Can't bear failures."""

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise TypeError("unexpected") from error


class Careless(ResourceProvider):
    """Closes only what ends well."""

    open = 0

    @asynccontextmanager
    async def lease(self, step: StepRun, request: ResourceRequest) -> AsyncIterator[str]:
        self.open += 1
        yield "it"
        self.open -= 1


class OfSchedulers(SchedulerContract):
    def __init__(self, make: Callable[[], Scheduler]) -> None:
        self.scheduler = make  # type: ignore[method-assign]  # a factory is all that it is

    def scheduler(self) -> Scheduler:
        raise NotImplementedError


class OfForgetful(ResolverContract):
    def resolver(self) -> Resolver:
        return Forgetful()


class OfNervous(RecorderContract):
    def recorder(self) -> Recorder:
        return Nervous()


class OfCareless(ProviderContract):
    def __init__(self) -> None:
        self.one = Careless()

    def plugin(self) -> Plugin:
        return provided("thing", lambda: self.one)

    async def use(self, leased: Any) -> None:
        assert leased == "it"

    def open_now(self) -> int:
        return self.one.open


def test_a_scheduler_that_keeps_places_is_caught() -> None:
    """Its runs stall after a few steps."""
    with pytest.raises(AssertionError):
        OfSchedulers(lambda: Leaky(4)).test_every_step_is_started_once("asyncio")


def test_a_scheduler_that_counts_owners_is_caught() -> None:
    """A body waits for the step around it."""
    with pytest.raises(AssertionError):
        OfSchedulers(lambda: Counting(3)).test_a_body_never_waits_for_the_step_that_owns_it("asyncio")


def test_a_resolver_that_remembers_too_much_is_caught() -> None:
    """By its results, and by effects that did not happen."""
    with pytest.raises(AssertionError):
        OfForgetful().test_a_step_that_writes_is_run_each_time("asyncio")
    with pytest.raises(AssertionError):
        OfForgetful().test_a_changed_variable_is_seen("asyncio")


def test_a_recorder_that_raises_is_caught(caplog: pytest.LogCaptureFixture) -> None:
    """Though the kernel shields the run from it."""
    with pytest.raises(AssertionError):
        OfNervous().test_it_bears_every_end_of_a_step("asyncio", caplog)


def test_a_provider_that_forgets_to_close_is_caught() -> None:
    """Where the step was cancelled."""
    contract = OfCareless()
    contract.test_every_lease_is_closed("asyncio")
    with pytest.raises(AssertionError):
        contract.test_a_lease_is_closed_after_a_time_limit("asyncio")
