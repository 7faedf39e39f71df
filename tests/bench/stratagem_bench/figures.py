"""Figures: what a family of measurements gives."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen


@frozen
class Figure:
    """One number and the most it may be.

    ``target`` is None where a figure is only shown. A ``strict`` target must not be reached either. ``detail`` says
    what stands behind the number.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    detail: str = ""
    strict: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether the target is kept; None where there is none."""
        if self.target is None:
            return None
        return self.value < self.target if self.strict else self.value <= self.target


@frozen
class Absent:
    """A figure that can't be taken here, and why."""

    name: str
    why: str


Finding = Figure | Absent
Findings = Iterator[Finding]
