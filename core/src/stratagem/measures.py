"""Measures: what was measured in a run, summed up by name and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define


@define
class Measure:
    """All measurements of one name and one set of attributes: how many, their sum, the last, least and greatest one.

    Of what is counted, such as cache requests, ``total`` tells; of a level, such as a queue's depth, ``greatest`` and
    ``last`` do.
    """

    unit: str
    """The unit, ``1`` for plain numbers."""
    count: int
    """The number of measurements."""
    total: float
    last: float
    least: float
    """The least one."""
    greatest: float

    @classmethod
    def of(cls, value: float, unit: str) -> Measure:
        """The measure of a first measurement."""
        return cls(unit, 1, value, value, value, value)

    def add(self, value: float) -> None:
        """Takes in another measurement."""
        self.count += 1
        self.total += value
        self.last = value
        self.least = min(self.least, value)
        self.greatest = max(self.greatest, value)


class Measures(dict[str, Measure]):
    """Measures by ``name``, or ``name{key=value,…}`` where they have attributes; these are sorted by key."""

    def add(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """Takes in a measurement."""
        name = full_name(name, attributes)
        known = self.get(name)
        if known is None:
            self[name] = Measure.of(value, unit)
        else:
            known.add(value)


def full_name(name: str, attributes: Mapping[str, Any]) -> str:
    """``name``, or ``name{key=value,…}`` sorted by key."""
    if not attributes:
        return name
    return f"{name}{{{','.join(f'{key}={attributes[key]}' for key in sorted(attributes))}}}"
