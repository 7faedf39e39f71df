"""Failures: a body that is tried, or tried again. The structure of a drawing gives them their bodies."""

import traceback
from collections.abc import Mapping
from math import inf
from typing import Any

from attrs import frozen

from stratagem import Body, Branch, Context, Example, Graph, Node, StepFailed, Variables
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack
from stratagem_std.control import retry as std_retry
from stratagem_std.control.reports import is_one_of, own_error, report_of


@frozen
class Caught:
    """The failure: the message, the name of the error's class, and where it was raised."""

    error_message: str
    error_type: str
    stack_trace: str


@frozen
class Attempt:
    """The number of attempts, and why the last one that failed did."""

    attempt: int
    last_error: str


class CustomError(RuntimeError):
    """Raised by ThrowErrorNode."""


class AttemptError(RuntimeError):
    """An attempt did not come to its end."""


_FAILS = Node("fails", "casare.ThrowErrorNode", {"error_message": "no stock"})


@pack.node(
    "TryNode",
    handles=("failures",),
    controls=("exec_out", "tried", "caught", "finished"),
    body_ports={"catch": ("error_message", "error_type", "stack_trace"), "finally": ("had_error",)},
    examples=(
        Example(
            chooses="caught",
            workflow=Graph(
                {
                    "example": Node(
                        "example", "casare.TryNode", bodies={"body": Graph({"fails": _FAILS}), "catch": Graph()}
                    )
                }
            ),
        ),
    ),
)
async def try_(body: Body, catch: Body | None = None, finally_: Body | None = None, error_types: Any = "") -> Branch:
    """Runs its body; ``catch`` if that fails with one of ``error_types``; ``finally`` in any case.

    ``error_types`` is a list of class names, with commas between them; empty for all. Goes on through ``exec_out``
    once a failure is handled, and through the output of each body that came to its end. Without ``catch``, and where
    it does not apply, the failure goes on outwards.
    """
    failure = None
    try:
        try:
            await body()
        except StepFailed as failed:
            failure = failed
            if catch is None or not _catches(error_types, failed):
                raise
            await catch(_ports_of(failed))
    except Exception:
        if finally_ is not None:
            await finally_({"had_error": failure is not None})
        raise
    if finally_ is not None:
        await finally_({"had_error": failure is not None})
    ended = "tried" if failure is None else "caught"
    return Branch("exec_out", ended, *(["finished"] if finally_ is not None else []))


@pack.node("CatchNode", effect="pure", runs="loop", examples=(Example({"error_message": "no"}, {"error_type": ""}),))
def catch_(error_types: Any = "", error_message: Any = "", error_type: Any = "", stack_trace: Any = "") -> Caught:
    """Begin the handling of a failure; its try says what has failed."""
    return Caught(coerce.text(error_message), coerce.text(error_type), coerce.text(stack_trace))


@pack.node(
    "FinallyNode",
    effect="pure",
    runs="loop",
    outputs=("had_error",),
    examples=(Example({"had_error": True}, {"had_error": True}),),
)
def finally_(had_error: Any = False) -> bool:
    """Begin what is done in any case; its try says whether it has failed."""
    return bool(had_error)


@pack.node(
    "RetryNode",
    handles=("failures",),
    controls=("success", "failed"),
    outputs=("attempt", "last_error"),
    writes=("var:{kept_as}",),
    body_ports={"body": ("attempt", "last_error")},
    examples=(
        Example(
            gives={"attempt": 2, "last_error": "no stock"},
            chooses="failed",
            workflow=Graph(
                {
                    "example": Node(
                        "example",
                        "casare.RetryNode",
                        {"max_attempts": 2, "initial_delay": 0},
                        {"body": Graph({"fails": _FAILS}, result=True)},
                    )
                }
            ),
        ),
    ),
)
async def retry(
    body: Body,
    context: Context,
    variables: Variables,
    max_attempts: Any = 3,
    initial_delay: Any = 1.0,
    backoff_multiplier: Any = 2.0,
    must_succeed: bool = False,
    kept_as: str = "",
) -> Branch:
    """Runs its body again until it comes to a RetrySuccessNode, where it has one, without a failure.

    Waits ``initial_delay`` seconds after the first attempt, and each time ``backoff_multiplier`` times as long. After
    ``max_attempts`` it goes on through ``failed``; with ``must_succeed`` the last failure goes on outwards instead.
    """
    last = Attempt(0, "")

    async def attempt(ports: Mapping[str, Any] | None = None, *_: Any, **__: Any) -> None:
        nonlocal last
        last = Attempt(last.attempt + 1, last.last_error)
        now, number = {"attempt": last.attempt, "last_error": last.last_error}, last.attempt - 1
        if kept_as:
            variables[kept_as] = now
        try:
            if not await body(now, of=attempts, number=number):
                raise _not_reached(context.node_id)
        except StepFailed as failure:
            last = Attempt(last.attempt, report_of(failure).message)
            raise

    attempts = max(1, coerce.whole(max_attempts, 3))
    pause, backoff = coerce.number(initial_delay, 1.0), coerce.number(backoff_multiplier, 2.0)
    ended = "success"
    try:
        await std_retry.retry(attempt, attempts, max(0.0, pause), backoff, inf)
    except StepFailed:
        if must_succeed:
            raise
        ended = "failed"
    if kept_as:
        variables[kept_as] = {"attempt": last.attempt, "last_error": last.last_error}
    return Branch(ended, value=last)


@pack.node(
    "RetrySuccessNode", effect="pure", runs="loop", outputs=("reached",), examples=(Example(gives={"reached": True}),)
)
def retry_success() -> bool:
    """End an attempt that has succeeded."""
    return True


@pack.node("RetryFailNode", runs="loop", writes=("*",))
def retry_fail(error_message: Any = "") -> None:
    """Fails the attempt with ``error_message``."""
    raise AttemptError(coerce.text(error_message) or "Operation failed")


@pack.node("ThrowErrorNode", runs="loop", writes=("*",))
def throw_error(error_message: Any = "Custom error") -> None:
    """Fails with ``error_message``."""
    raise CustomError(coerce.text(error_message))


@pack.node(
    "AssertNode", effect="pure", runs="loop", outputs=("passed",), examples=(Example({}, gives={"passed": True}),)
)
def claim(condition: Any = True, message: Any = "Assertion failed") -> bool:
    """Fails with ``message`` unless ``condition`` is true."""
    if not coerce.truth(condition):
        raise AssertionError(coerce.text(message))
    return True


def _catches(error_types: Any, failure: StepFailed) -> bool:
    names = coerce.words(error_types)
    return not names or is_one_of(failure, names)


def _ports_of(failure: StepFailed) -> dict[str, Any]:
    report = report_of(failure)
    trace = "".join(traceback.format_exception(own_error(failure)))
    return {"error_message": report.message, "error_type": report.type, "stack_trace": trace}


def _not_reached(node: str) -> StepFailed:
    return StepFailed("the attempt came to no RetrySuccessNode", node=node, hint="Lead every way that succeeds to one.")
