"""What a kernel lends to its runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, field

from stratagem.engine.offload import Offload


@define(eq=False)
class Services:
    """``clock`` gives the event loop's time in seconds. ``directory`` is where relative paths start."""

    clock: Callable[[], float]
    directory: Path
    secrets: Mapping[str, str] = field(factory=dict)
    offload: Offload = field(factory=Offload)
