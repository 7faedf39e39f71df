"""Spans of a traced run: a span for each step and each call of a body, as long as there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import Span, Tracer, get_current_span, set_span_in_context

from stratagem import StepFailed, unwrap, way_into
from stratagem_otel import names
from stratagem_otel.bodies import Called, called
from stratagem_otel.facts import Facts
from stratagem_otel.failures import tell
from stratagem_otel.frames import FrameTrace
from stratagem_otel.groups import Anchor
from stratagem_otel.nodes import NodeRecorder
from stratagem_otel.steps import StepInGroup, StepSpan

if TYPE_CHECKING:
    from stratagem import Frame, Run, StepRun
    from stratagem_otel.telemetry import Telemetry


class SpanRecorder(NodeRecorder):
    """Records a run, its steps and its bodies.

    Args:
        most: how many spans the run may have before its steps share some; a plan with more steps has only spans for
            those that own bodies, and for groups of the others.
    """

    def __init__(
        self,
        telemetry: Telemetry,
        tracer: Tracer,
        run: Run,
        span: Span,
        around: Context,
        facts: Facts,
        *,
        most: int,
        propagate: bool,
    ) -> None:
        super().__init__(telemetry, run, span, around, facts, propagate=propagate)
        self.tracer = tracer
        self.frames: dict[Frame, FrameTrace] = {}
        self.anchors: dict[StepRun, Anchor] = {}
        self._run_id = run.id
        self._root = Anchor(tracer, span, self.context, run.id)
        self._room = most
        self._fine = facts.size(run.plan) <= most

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        with super().run(run):
            try:
                with self._traced(run.frame, FrameTrace(self.context, self._root, {names.RUN_ID: self._run_id})):
                    yield
            finally:
                self._root.close()

    def step(self, step: StepRun) -> AbstractContextManager[None]:
        traced = self.frames[step.frame]
        if traced.held and step in traced.held:
            return StepSpan(self, traced, step)
        if self._room > 0 and (self._fine or step.step.composite):
            self._room -= 1
            return StepSpan(self, traced, step)
        return StepInGroup(self, traced, step)

    @contextmanager
    def body(self, frame: Frame) -> Iterator[None]:
        call = called(frame)
        if self._room > 0 and call.telling:
            self._room -= 1
            with self._spanned(frame, call):
                yield
        else:
            with self._traced(
                frame, FrameTrace(get_current(), self._anchor_of(frame), call.attributes, way_into(frame))
            ):
                yield

    def skipped(self, step: StepRun) -> None:
        facts = self.facts_of(step.step)
        self.frames[step.frame].anchor.span.add_event("workflow.node.skipped", facts.attributes)

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        super().event(step, name, **attributes)
        traced = self.frames.get(step.frame)
        held = traced.held.get(step) if traced is not None else None
        span = get_current_span() if held is None else held.span
        told = {f"workflow.node.{name}.{key}": self.plain(value) for key, value in attributes.items()}
        span.add_event(f"workflow.node.{name}", told)

    def anchor(self, span: Span, context: Context) -> Anchor:
        """Return what steps without spans of their own hang under ``span`` by."""
        return Anchor(self.tracer, span, context, self._run_id)

    def _anchor_of(self, frame: Frame) -> Anchor:
        """The nearest span around a frame that has none itself; of one apart, which may outlive that, the run's."""
        owner = frame.owner
        if frame.apart or owner is None:
            return self._root
        own = self.anchors.get(owner)
        return own if own is not None else self.frames[owner.frame].anchor

    @contextmanager
    def _spanned(self, frame: Frame, call: Called) -> Iterator[None]:
        around = get_current()
        span = self.tracer.start_span(call.name, around, attributes=call.attributes)
        context = set_span_in_context(span, around)
        anchor = self.anchor(span, context)
        token = attach(context)
        try:
            with self._traced(frame, FrameTrace(context, anchor, {names.RUN_ID: self._run_id}, way_into(frame))):
                yield
        except BaseException as error:
            found = unwrap(error)
            if isinstance(found, StepFailed):
                tell(span, found, self.redact, passed_on=True)
            raise
        finally:
            detach(token)
            anchor.close()
            span.end()

    @contextmanager
    def _traced(self, frame: Frame, traced: FrameTrace) -> Iterator[None]:
        self.frames[frame] = traced
        try:
            yield
        finally:
            del self.frames[frame]
            traced.close()
