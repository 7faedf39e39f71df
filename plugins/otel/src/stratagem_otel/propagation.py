"""The trace that a run belongs to and hands on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, Link, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from stratagem import Run

FIELDS = ("traceparent", "tracestate")
"""The headers of W3C's Trace Context; as environment variables they are written in capitals."""

_propagator = TraceContextTextMapPropagator()


def around(run: Run, environ: Mapping[str, str] = os.environ) -> tuple[Context, list[Link]]:
    """The context that the run's span begins in, and what that is linked with.

    It continues its caller's trace, else the one that the environment names. A run that a step has started to go on
    beside it has a trace of its own, linked with the step's span.
    """
    current = contexts.get_current()
    span = get_current_span(current).get_span_context()
    if run.starter is not None:
        return set_span_in_context(INVALID_SPAN, current), [Link(span)] if span.is_valid else []
    if span.is_valid:
        return current, []
    carrier = {name: environ[name.upper()] for name in FIELDS if name.upper() in environ}
    return (_propagator.extract(carrier, current) if carrier else current), []


def carried() -> dict[str, str]:
    """The headers that tell of the current span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier
