"""FrameTrace: where the steps of one frame – the workflow's, or a body's at one call – belong in the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span

from stratagem_otel.facts import Attributes
from stratagem_otel.groups import Anchor

if TYPE_CHECKING:
    from stratagem import StepRun


class Held:
    """The span of a step that has failed and may be tried again; it ended at ``end`` if it is not."""

    __slots__ = ("end", "span")

    def __init__(self, span: Span, end: int) -> None:
        self.span = span
        self.end = end


class FrameTrace:
    """``context`` is what steps' spans begin in, ``attributes`` what they all have, ``links`` lead to the spans of those
    that have begun, by index. ``held`` are spans of steps that may be tried again; ``anchor`` has those without one.
    ``way`` leads to the steps where they stand in a body."""

    __slots__ = ("anchor", "attributes", "context", "held", "links", "way")

    def __init__(self, context: Context, anchor: Anchor, attributes: Attributes, way: str = "") -> None:
        self.way = way
        self.context = context
        self.anchor = anchor
        self.attributes = attributes
        self.links: dict[int, Link] = {}
        self.held: dict[StepRun, Held] = {}

    def close(self) -> None:
        """The frame has ended: what could have been tried again was not."""
        for held in self.held.values():
            held.span.end(held.end)
        self.held.clear()
