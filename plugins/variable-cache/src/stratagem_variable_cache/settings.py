"""The settings of the cache."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import ge

from stratagem import Duration


@frozen
class VariableCacheSettings:
    """``[settings.variable-cache]``.

    ``max_entries`` and ``max_bytes`` bound what is kept in one run, by an estimate that counts what the kept values
    were made from. ``threshold`` is how long it must take to make a value for it to be kept, in seconds. With
    ``freeze_time`` the system values (``$timestamp`` …) tell one moment all through the run, wherever inputs read them.
    """

    max_entries: int = field(default=10_000, validator=ge(1))
    max_bytes: int = field(default=64_000_000, validator=ge(0))
    threshold: Duration = 0.00002
    freeze_time: bool = False
