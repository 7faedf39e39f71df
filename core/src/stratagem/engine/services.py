"""What a kernel lends to its runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from stratagem.engine.offload import Offload
from stratagem.secrets import NotedSecrets

if TYPE_CHECKING:
    from stratagem.engine.frame import StepRun
    from stratagem.engine.handle import RunHandle
    from stratagem.plan import Plan


@define(eq=False)
class Services:
    """``clock`` gives the event loop's time in seconds. ``directory`` is where relative paths start. ``start`` starts
    a run of its own in the kernel, for a step, ``spawn`` a task. ``secrets`` also `redact` texts."""

    clock: Callable[[], float]
    directory: Path
    start: Callable[[Plan, Mapping[str, Any] | None, StepRun], RunHandle]
    spawn: Callable[..., None]
    secrets: NotedSecrets
    offload: Offload = field(factory=Offload)
