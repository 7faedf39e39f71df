"""What a kernel lends to its runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from stratagem._engine.offload import Offload
from stratagem.secrets import NotedSecrets

if TYPE_CHECKING:
    from typing import Protocol

    from stratagem.plan import Plan
    from stratagem.views import StepRun

    class StartedRun(Protocol):
        """A run of its own that a step has started, see `handle.RunHandle`."""

        detached: bool

        @property
        def done(self) -> bool: ...

        async def wait(self) -> Ended: ...

        def cancel(self) -> None: ...

    class Ended(Protocol):
        """How a run has ended, see `result.RunResult`."""

        @property
        def status(self) -> str: ...

        @property
        def value(self) -> Any: ...

        @property
        def variables(self) -> dict[str, Any]: ...

        def raise_for_error(self) -> Ended: ...


@define(eq=False)
class Services:
    """``clock`` gives the event loop's time in seconds. ``directory`` is where relative paths start. ``start`` starts
    a run of its own in the kernel, for a step, ``spawn`` a task. ``secrets`` also `redact` texts."""

    clock: Callable[[], float]
    directory: Path
    start: Callable[[Plan, Mapping[str, Any] | None, StepRun], StartedRun]
    spawn: Callable[..., None]
    secrets: NotedSecrets
    offload: Offload = field(factory=Offload)
