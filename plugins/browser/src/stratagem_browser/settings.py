"""The settings of the browser pool."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen
from attrs.validators import ge, gt, optional

from stratagem import Duration
from stratagem_pools import PoolSettings

POSITIVE: Any = optional(gt(0))
"""For fields that may be None; Any, because attrs takes the field's type from the validator's."""

AHEAD_AFTER = 0.1
"""Seconds after which the next page is made ready: making one takes a core, which the first steps on a page need."""

CHECK_AFTER = 0.2
"""Seconds after which a page that is ready is asked first whether it still is: that takes some milliseconds, and it may
take twenty until the end of a renderer is heard of."""

When = Literal["off", "on", "on-failure"]


def twice_the_cores() -> int:
    """Return how many pages are in use at once where nothing is set."""
    return 2 * (os.cpu_count() or 1)


@frozen
class Artifacts:
    """The artifacts that are kept of leases, in ``folder``/<run id>.

    ``files`` and ``megabytes`` bound what one run may leave, ``runs`` how many runs' folders are kept.
    """

    folder: Path = Path("runs")
    screenshots: Literal["off", "on-failure"] = "on-failure"
    tracing: When = "off"
    downloads: Literal["keep", "discard", "refuse"] = "keep"
    files: int = field(default=100, validator=ge(1))
    megabytes: int = field(default=200, validator=ge(1))
    runs: int = field(default=100, validator=ge(1))
    timeout: Duration = field(default=5.0, validator=gt(0))


@frozen
class BrowserSettings:
    """Settings of the driver ``playwright``; times in seconds.

    Of pages: at most ``size`` are in use at once, ``warm`` of each sort are made ready ahead; ``quota`` is how many one
    run may have at once. Of browsers: one is replaced once it has made ``max_contexts``, is ``max_browser_age`` old, or
    has grown by ``max_growth`` MiB; it is ended when nothing has used it for ``browser_idle``. The first is launched at the
    ``start`` of the kernel, or on ``demand``: when a run begins that needs one.
    """

    size: int = field(factory=twice_the_cores, validator=ge(1))
    warm: int = field(default=1, validator=ge(0))
    quota: int | None = field(default=None, validator=optional(ge(1)))
    waiters: int | None = field(default=None, validator=optional(ge(0)))
    acquire_timeout: Duration = field(default=60.0, validator=gt(0))
    create_timeout: Duration = field(default=30.0, validator=gt(0))
    close_timeout: Duration = field(default=5.0, validator=gt(0))
    idle_timeout: Duration | None = field(default=300.0, validator=POSITIVE)
    max_age: Duration | None = field(default=3600.0, validator=POSITIVE)
    check_after: Duration = field(default=CHECK_AFTER, validator=ge(0))
    grace: Duration = field(default=5.0, validator=ge(0))

    executable_path: Path | None = None
    channel: str | None = None
    headless: bool = True
    sandbox: bool | None = None
    args: tuple[str, ...] = ()
    launch_timeout: Duration = field(default=30.0, validator=gt(0))
    heartbeat: Duration = field(default=5.0, validator=gt(0))
    heartbeat_timeout: Duration = field(default=5.0, validator=gt(0))
    max_contexts: int = field(default=500, validator=ge(1))
    max_browser_age: Duration = field(default=3600.0, validator=gt(0))
    max_growth: int = field(default=512, validator=ge(1))
    browser_idle: Duration = field(default=600.0, validator=gt(0))
    launch: Literal["start", "demand"] = "demand"
    compile_cache: bool = True
    browsers_per_driver: int = field(default=20, validator=ge(1))

    context: Mapping[str, Any] = field(factory=dict)
    timeout: Duration = field(default=30.0, validator=gt(0))
    dialogs: Literal["dismiss", "accept"] = "dismiss"
    state_ttl: Duration = field(default=1800.0, validator=gt(0))
    artifacts: Artifacts = field(factory=Artifacts)

    def pool(self) -> PoolSettings:
        """The limits of the pool: every context serves once, and as many may be on their way out as are in use."""
        return PoolSettings(
            size=self.size,
            spare=self.size + self.warm,
            ahead=self.warm,
            ahead_after=AHEAD_AFTER,
            quota=self.quota,
            waiters=self.waiters,
            acquire_timeout=self.acquire_timeout,
            create_timeout=self.create_timeout,
            close_timeout=2 * self.close_timeout,  # the second half is for the last resort
            check_timeout=self.heartbeat_timeout,
            idle_timeout=self.idle_timeout,
            max_uses=1,
            max_age=self.max_age,
            check_after=self.check_after,
            grace=self.grace,
        )
