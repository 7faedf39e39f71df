"""What a provider of resources promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import anyio

from stratagem.engine.result import RunResult
from stratagem.kernel import Kernel
from stratagem.strategies import ResourceProvider
from stratagem.testing.answers import provided, scheduled
from stratagem.testing.build import node, workflow_of
from stratagem.testing.contracts.shared import LIMIT, on_both_loops, run_on
from stratagem.testing.greedy import AnyReady
from stratagem.testing.sample import sample


class ProviderContract(ABC):
    """Override `provider`, which makes one for each run, and `open_now`."""

    @abstractmethod
    def provider(self) -> ResourceProvider:
        """A new provider, as the plugin would answer with; it must be able to lease eight things at once."""

    @abstractmethod
    def open_now(self) -> int:
        """How many leases of all providers made so far are open."""

    @on_both_loops
    def test_every_lease_is_closed(self, backend: str) -> None:
        """After steps that end well."""
        nodes = [node(f"n{i}", "sample.use", {"seconds": 0.001}) for i in range(30)]
        result = run_on(backend, workflow_of(*nodes, concurrency=8), self._plugins())
        assert result.status == "done"
        assert self.open_now() == 0

    @on_both_loops
    def test_a_lease_is_closed_after_a_time_limit(self, backend: str) -> None:
        """A step that is cancelled while it holds a lease gives it back."""
        nodes = [node(f"n{i}", "sample.use", {"seconds": 60.0}, timeout=0.01, on_error="continue") for i in range(8)]
        result = run_on(backend, workflow_of(*nodes), self._plugins())
        assert result.steps["failed"] == 8
        assert self.open_now() == 0

    @on_both_loops
    def test_leases_are_closed_when_the_run_is_cancelled(self, backend: str) -> None:
        """At once, and before the run says that it has ended."""

        async def main() -> RunResult:
            with anyio.fail_after(LIMIT):
                async with Kernel(packs=[sample], plugins=self._plugins()) as kernel:
                    nodes = [node(f"n{i}", "sample.use", {"seconds": 60.0}) for i in range(8)]
                    handle = await kernel.start(workflow_of(*nodes))
                    await anyio.sleep(0.05)
                    handle.cancel()
                    return await handle.wait()

        result = anyio.run(main, backend=backend)
        assert result.status == "cancelled"
        assert self.open_now() == 0

    def _plugins(self) -> list[Any]:
        return [provided("thing", self.provider), scheduled(lambda: AnyReady(8))]
