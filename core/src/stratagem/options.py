"""The options that may differ from run to run of one workflow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Self

from attrs import field, frozen

from stratagem.model import Limits, Settings

if TYPE_CHECKING:
    from stratagem.config.model import RunConfig

Keep = Literal["all", "leaves", "none"]
"""The values that outlive their last reader: all, those of steps that nothing reads, or only what ``result`` needs."""


@frozen
class RunOptions:
    """Options of a run; times are in seconds.

    ``time_slice`` is how long a strand may run instant steps before it lets the event loop turn. ``grace`` is how long
    a cancelled step may take to end before it is reported. ``on_event`` is called with every `events` object.
    With ``measure`` the times of all steps are summed up for the result's metrics, which takes a few µs a step.
    """

    keep: Keep = "all"
    """Whose outputs the result has: of ``all`` nodes, of ``leaves`` alone, of ``none``."""
    concurrency: int = 16
    """At most so many steps at once; schedulers hold it."""
    limits: Limits = field(factory=Limits)
    """Limits by type, kind and group."""
    step_timeout: float | None = None
    """The time limit in seconds of steps that have none of their own."""
    timeout: float | None = None
    """The time limit of the run in seconds."""
    time_slice: float = 0.005
    grace: float = 5.0
    seed: int | None = None
    """The seed of the random numbers of nodes; a new one for each run where None."""
    on_event: Callable[[Any], None] | None = None
    measure: bool = False

    @classmethod
    def of(cls, settings: Settings, defaults: RunConfig, **changes: Any) -> Self:
        """Return what a workflow's settings say, else the config, save for ``changes``."""
        given = {
            "concurrency": settings.concurrency or defaults.concurrency,
            "limits": settings.limits,
            "step_timeout": settings.step_timeout or defaults.step_timeout,
            "timeout": settings.timeout or defaults.timeout,
            "time_slice": defaults.time_slice,
            "grace": defaults.grace,
            "seed": settings.seed,
        }
        return cls(**{**given, **changes})
