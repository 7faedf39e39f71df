"""Spans for groups of steps: what a run has instead of one a step once it has too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.trace import Span, Tracer, set_span_in_context

from stratagem_otel import names
from stratagem_otel.failures import Redact, tell

if TYPE_CHECKING:
    from stratagem import Way
    from stratagem_otel.facts import StepFacts

SIZE = 100
"""Steps in a group."""

GROUPS = 100
"""After so many groups each is twice as large, so that even a million steps have some hundred spans."""


class Group:
    """A span that holds the next ``room`` steps that start; it ends with the last of them."""

    def __init__(self, span: Span, context: Context, room: int) -> None:
        self.span = span
        self.context = context
        self._room = room
        self._running = 0
        self._counts: dict[str, int] = {}

    @property
    def full(self) -> bool:
        """Return whether no further step may begin in it."""
        return self._room <= 0

    def begin(self) -> None:
        """An attempt of a step begins in it."""
        self._room -= 1
        self._running += 1

    def end(self, outcome: str) -> None:
        """An attempt has ended."""
        self._running -= 1
        self._counts[outcome] = self._counts.get(outcome, 0) + 1
        if self.full and not self._running:
            self.close()

    def failed(self, facts: StepFacts, error: BaseException, redact: Redact, way: Way) -> None:
        """Tells of a failed attempt."""
        tell(self.span, error, redact)
        where = {names.WAY: way.text, names.ROWS: way.rows} if way.nested else {}
        self.span.add_event("workflow.node.failed", {**facts.attributes, **where})

    def close(self) -> None:
        """Ends the span, if it has not ended."""
        if self.span.is_recording():
            self.span.set_attributes({names.steps(how): count for how, count in self._counts.items()})
            self.span.end()


class Anchor:
    """A span of a run, a body or a node, and the groups of those steps under it that have no spans of their own."""

    def __init__(self, tracer: Tracer, span: Span, context: Context, run: str) -> None:
        self.span = span
        self._tracer = tracer
        self._context = context
        self._run = run
        self._group: Group | None = None
        self._made = 0
        self._size = SIZE

    def group(self) -> Group:
        """The group that the next step begins in."""
        group = self._group
        if group is None or group.full:
            self._made += 1
            if self._made % GROUPS == 0:
                self._size *= 2
            span = self._tracer.start_span("workflow.steps", self._context, attributes={names.RUN_ID: self._run})
            group = self._group = Group(span, set_span_in_context(span, self._context), self._size)
        return group

    def close(self) -> None:
        """Ends the group that is open."""
        group, self._group = self._group, None
        if group is not None:
            group.close()
