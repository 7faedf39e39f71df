"""The contract of a provider of resources."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from stratagem import Kernel, Pack, Plugin, RunResult, Workflow
from stratagem_testing.answers import scheduled
from stratagem_testing.build import node, workflow_of
from stratagem_testing.contracts.shared import LIMIT, on_both_loops
from stratagem_testing.greedy import AnyReady

THING = "thing"
"""The kind that the contract's nodes need."""


class ProviderContract(ABC):
    """Override `plugin`, `open_now` and `use`.

    The plugin is told, as a driver is by a config, that it provides the kind ``thing``. It must be able to lease eight
    things at once.
    """

    backends: tuple[str, ...] = ("asyncio", "trio")
    """The event loops that the provider works on; tests of others are skipped."""

    turns: int = 60
    """After how many turns of the event loop, at most, a run is cancelled to see whether anything is left."""

    @abstractmethod
    def plugin(self) -> Plugin:
        """A new plugin, as a config makes it."""

    @abstractmethod
    def open_now(self) -> int:
        """Return how many leases of all plugins made so far are open."""

    @abstractmethod
    async def use(self, leased: Any) -> Any:
        """Uses what a lease gave; it must raise once the lease has ended."""

    @on_both_loops
    def test_every_lease_is_closed(self, backend: str) -> None:
        """After steps that end well."""
        nodes = [node(f"n{i}", "contract.use", {"seconds": 0.001}) for i in range(30)]
        assert self.run(backend, workflow_of(*nodes, concurrency=8)).status == "done"
        assert self.open_now() == 0

    @on_both_loops
    def test_a_lease_is_closed_after_a_failure(self, backend: str) -> None:
        """A step that raises while it holds a lease gives it back, and its error is its own."""
        nodes = [node(f"n{i}", "contract.break", on_error="continue") for i in range(30)]
        result = self.run(backend, workflow_of(*nodes))
        assert result.steps["failed"] == 30
        assert all("broken on purpose" in str(failure) for failure in result.failures)
        assert self.open_now() == 0

    @on_both_loops
    def test_a_lease_is_closed_after_a_time_limit(self, backend: str) -> None:
        """A step that is cancelled while it holds a lease gives it back."""
        late = {"timeout": 0.3, "on_error": "continue"}
        nodes = [node(f"n{i}", "contract.use", {"seconds": 60.0}, **late) for i in range(8)]
        assert self.run(backend, workflow_of(*nodes)).steps["failed"] == 8
        assert self.open_now() == 0

    @on_both_loops
    def test_leases_are_closed_when_the_run_is_cancelled(self, backend: str) -> None:
        """At once, and before the run says that it has ended."""

        async def main() -> None:
            async with self._kernel() as kernel:
                await self._cancelled(kernel, lambda: anyio.sleep(0.3))

        self._on(backend, main)

    @on_both_loops
    def test_nothing_is_left_whenever_a_run_is_cancelled(self, backend: str) -> None:
        """After every number of turns of the event loop, so that every await of a lease is met."""

        async def main() -> None:
            async with self._kernel() as kernel:
                for turns in range(self.turns):
                    await self._cancelled(kernel, partial(_turns, turns))

        self._on(backend, main)

    @on_both_loops
    def test_what_a_lease_gave_is_of_no_use_afterwards(self, backend: str) -> None:
        """Whoever keeps it gets an error, not another step's resource."""
        kept: list[Any] = []

        async def main() -> None:
            with anyio.fail_after(LIMIT):
                async with self._kernel(kept) as kernel:
                    (await kernel.run(workflow_of(node("n", "contract.use")))).raise_for_error()
                    with pytest.raises(Exception):  # noqa: B017, PT011 - which error it is depends on the resource
                        await self.use(kept[0])

        self._on(backend, main)

    @on_both_loops
    def test_one_after_the_other_gets_a_lease(self, backend: str) -> None:
        """In one kernel, over many runs: what was given back is there for the next."""

        async def main() -> list[str]:
            with anyio.fail_after(LIMIT):
                async with self._kernel() as kernel:
                    plan = kernel.compile(workflow_of(*(node(f"n{i}", "contract.use") for i in range(4))))
                    return [(await kernel.run(plan)).status for _ in range(20)]

        assert set(self._on(backend, main)) == {"done"}
        assert self.open_now() == 0

    @on_both_loops
    def test_the_kernel_closes_without_complaint(self, backend: str, caplog: pytest.LogCaptureFixture) -> None:
        """Nothing is found to be left open, or fails to be closed."""
        self.run(backend, workflow_of(*(node(f"n{i}", "contract.use") for i in range(8))))
        assert not [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]

    def run(self, backend: str, workflow: Workflow) -> RunResult:
        """One run in a kernel of its own."""

        async def main() -> RunResult:
            with anyio.fail_after(LIMIT):
                async with self._kernel() as kernel:
                    return await kernel.run(workflow)

        result: RunResult = self._on(backend, main)
        return result

    async def _cancelled(self, kernel: Kernel, wait: Callable[[], Awaitable[None]]) -> None:
        """Runs steps that hold leases for long, and cancels the run after ``wait``; nothing is open when it has ended."""
        with anyio.fail_after(LIMIT):
            nodes = [node(f"n{i}", "contract.use", {"seconds": 60.0}) for i in range(8)]
            handle = await kernel.start(workflow_of(*nodes))
            await wait()
            handle.cancel()
            assert (await handle.wait()).status == "cancelled"
            assert self.open_now() == 0

    def _kernel(self, kept: list[Any] | None = None, plugin: Plugin | None = None) -> Kernel:
        plugin = plugin or self.plugin()
        plugin.kinds = (THING,)
        return Kernel(packs=[self._pack(kept)], plugins=[plugin, scheduled(lambda: AnyReady(8))])

    def _pack(self, kept: list[Any] | None) -> Pack:
        pack = Pack("contract")

        @pack.node(resources={"thing": THING})
        async def use(thing: object, seconds: float = 0.0) -> None:
            await self.use(thing)
            if kept is not None:
                kept.append(thing)
            await anyio.sleep(seconds)

        @pack.node(name="break", resources={"thing": THING})
        async def break_(thing: object) -> None:
            await self.use(thing)
            raise ValueError("broken on purpose")

        return pack

    def _on(self, backend: str, main: Callable[[], Any]) -> Any:
        if backend not in self.backends:
            pytest.skip(f"the provider does not work on {backend}")
        return anyio.run(main, backend=backend)


async def _turns(count: int) -> None:
    for _ in range(count):
        await anyio.lowlevel.checkpoint()
