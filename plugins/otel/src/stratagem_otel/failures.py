"""Errors on spans, without secrets."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from opentelemetry.trace import Span, Status, StatusCode

from stratagem import LeaveLoop, StepFailed, text_of, unwrap
from stratagem_otel import names

Redact = Callable[[str], str]

LONGEST = 2_000
"""Characters of a message that are kept: one may quote a whole page."""

LONGEST_TRACE = 8_000
"""Characters of a traceback, of which the end tells most."""


def failure(error: BaseException | None) -> BaseException | None:
    """The error that a step's attempt failed with; None where it was left by a break, or cancelled other than for time."""
    if error is None:
        return None
    error = unwrap(error)
    if isinstance(error, LeaveLoop):
        return None
    return error if isinstance(error, Exception) else None


def cause(error: BaseException) -> BaseException:
    """Return what made a step fail, in place of the kernel's wrapping."""
    return error.__cause__ if isinstance(error, StepFailed) and error.__cause__ is not None else error


def tell(span: Span, error: BaseException, redact: Redact, *, passed_on: bool = False) -> None:
    """Sets the span's status, and adds the exception as an event unless another span has it already."""
    origin = cause(error)
    message = redact(text_of(error))[:LONGEST]
    span.set_attribute(names.ERROR_TYPE, names.type_of(origin))
    span.set_status(Status(StatusCode.ERROR, message))
    if not passed_on:
        span.add_event("exception", exception(origin, redact))


def exception(error: BaseException, redact: Redact) -> dict[str, str]:
    """The attributes of an exception, as the conventions name them."""
    text = "".join(traceback.format_exception(error))
    return {
        "exception.type": names.type_of(error),
        "exception.message": redact(text_of(error))[:LONGEST],
        "exception.stacktrace": redact(text)[-LONGEST_TRACE:],
    }
