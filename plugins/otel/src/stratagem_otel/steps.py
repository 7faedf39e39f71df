"""The context around each attempt of a step."""

from __future__ import annotations

from time import perf_counter, time_ns
from types import TracebackType
from typing import TYPE_CHECKING

from opentelemetry.context import attach, detach
from opentelemetry.trace import Link, Span, set_span_in_context

from stratagem import StepFailed
from stratagem_otel import names
from stratagem_otel.failures import exception, failure, tell
from stratagem_otel.frames import FrameTrace, Held

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context import Context

    from stratagem import StepRun
    from stratagem_otel.facts import StepFacts
    from stratagem_otel.groups import Group
    from stratagem_otel.spans import SpanRecorder


class StepSpan:
    """A span for the step; attempts after the first go on with the same one."""

    __slots__ = ("_begun", "_facts", "_frame", "_ready", "_recorder", "_span", "_token")

    _facts: StepFacts
    _span: Span
    _token: Token[Context]

    def __init__(self, recorder: SpanRecorder, frame: FrameTrace, ready: StepRun) -> None:
        self._recorder = recorder
        self._frame = frame
        self._ready = ready

    def __enter__(self) -> None:
        recorder, frame, ready = self._recorder, self._frame, self._ready
        self._facts = facts = recorder.facts_of(ready.step)
        held = frame.held.pop(ready, None) if frame.held else None
        if held is not None:
            self._span = span = held.span
            span.set_attribute(names.ATTEMPTS, ready.attempt)
        else:
            step = ready.step
            known = frame.links
            attributes = {**frame.attributes, **facts.attributes}
            if frame.way:
                attributes[names.WAY] = f"{frame.way} / {step.id}"
            self._span = span = recorder.tracer.start_span(
                facts.name,
                frame.context,
                attributes=attributes,
                links=[known[index] for index in facts.needs if index in known] if known else None,
            )
            if step.dependents:
                known[step.index] = Link(span.get_span_context())
        context = set_span_in_context(span, frame.context)
        if ready.step.composite:
            recorder.anchors[ready] = recorder.anchor(span, context)
        self._token = attach(context)
        self._begun = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        detach(self._token)
        recorder, ready = self._recorder, self._ready
        waited = recorder.waited(ready)
        seconds = max(0.0, perf_counter() - self._begun - waited)
        if waited:
            self._span.set_attribute(names.WAITED, waited)
        if ready.step.composite:
            recorder.anchors.pop(ready).close()
        if error is None:
            self._span.end()
            recorder.done(self._facts, seconds)
        else:
            self._failed(recorder, ready, error, seconds)

    def _failed(self, recorder: SpanRecorder, ready: StepRun, error: BaseException, seconds: float) -> None:
        span, failed = self._span, failure(error)
        recorder.ended(ready.step, error, failed, seconds)
        if failed is None:
            if not isinstance(error, Exception):
                span.set_attribute(names.OUTCOME, "cancelled")
            span.end()
            return
        passed_on = isinstance(failed, StepFailed) and failed.way is not None
        if not passed_on and self._frame.way:
            span.set_attribute(names.ROWS, ready.way.rows)
        retry = ready.step.retry
        if retry is None or ready.attempt >= retry.attempts or ready.frame.stopped:
            tell(span, failed, recorder.redact, passed_on=passed_on)
            span.end()
            return
        span.add_event("exception", exception(failed, recorder.redact))
        self._frame.held[ready] = Held(span, time_ns())


class StepInGroup:
    """A step in the span of a group of steps."""

    __slots__ = ("_begun", "_frame", "_group", "_ready", "_recorder", "_token")

    _group: Group
    _token: Token[Context]

    def __init__(self, recorder: SpanRecorder, frame: FrameTrace, ready: StepRun) -> None:
        self._recorder = recorder
        self._frame = frame
        self._ready = ready

    def __enter__(self) -> None:
        self._group = group = self._frame.anchor.group()
        group.begin()
        self._token = attach(group.context)
        self._begun = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        detach(self._token)
        recorder, step = self._recorder, self._ready.step
        seconds = max(0.0, perf_counter() - self._begun - recorder.waited(self._ready))
        failed = failure(error)
        outcome = recorder.ended(step, error, failed, seconds)
        if failed is not None:
            self._group.failed(recorder.facts_of(step), failed, recorder.redact, self._ready.way)
        self._group.end(outcome)
