"""Failing, and going on after a failure."""

from typing import Any

from attrs import evolve, frozen

from stratagem import Body, Example, Graph, Node, StepFailed
from stratagem_std.control.reports import is_one_of, report_of
from stratagem_std.registry import pack


class Failure(Exception):  # noqa: N818 - named for what happened, as the errors of the kernel are
    """Raised by the node fail."""


@frozen
class Tried:
    """The end of the body: true if it failed, and with what; its value, or in its place that of ``catch``."""

    failed: bool
    error_message: str
    error_type: str
    result: Any


_FAIL = Node("fails", "std.fail", {"message": "no stock"})


@pack.node(
    name="try",
    handles=("failures",),
    body_ports={"catch": ("error_message", "error_type", "node"), "finally": ("had_error",)},
    examples=(
        Example(
            gives={"failed": True, "error_message": "no stock", "error_type": "Failure", "result": "sorry: no stock"},
            workflow=Graph(
                {
                    "example": Node(
                        "example",
                        "std.try",
                        bodies={
                            "body": Graph({"fails": _FAIL}),
                            "catch": Graph(result="sorry: {{ example.error_message }}"),
                        },
                    )
                }
            ),
        ),
    ),
)
async def try_(
    body: Body,
    catch: Body | None = None,
    finally_: Body | None = None,
    error_types: list[str] | None = None,
) -> Tried:
    """Runs its body, ``catch`` if that fails, and ``finally`` in any case; the failure ends here.

    ``catch`` reads ``error_message``, ``error_type`` (the name of the error's class) and ``node`` (the id of the node
    that failed) as ports of this node, ``finally`` reads ``had_error``. With ``error_types`` only errors of classes
    of these names, or derived from them, are caught; others go on outwards.

    ``finally`` is also run when the body leaves a loop or ``catch`` fails, but not when this step is itself cancelled,
    with its run or for its time limit.
    """
    tried = Tried(False, "", "", None)
    try:
        try:
            tried = evolve(tried, result=await body())
        except StepFailed as failure:
            report = report_of(failure)
            tried = Tried(True, report.message, report.type, None)
            if error_types and not is_one_of(failure, error_types):
                raise
            if catch is not None:
                ports = {"error_message": report.message, "error_type": report.type, "node": report.node}
                tried = evolve(tried, result=await catch(ports))
    except Exception:
        await _finish(finally_, tried)
        raise
    await _finish(finally_, tried)
    return tried


async def _finish(body: Body | None, tried: Tried) -> None:
    if body is not None:
        await body({"had_error": tried.failed})


@pack.node(
    effect="pure",
    examples=(
        Example(
            workflow=Graph(
                {
                    "attempt": Node(
                        "attempt",
                        "std.try",
                        bodies={"body": Graph({"example": Node("example", "std.fail", _FAIL.config)})},
                    )
                }
            ),
        ),
    ),
)
def fail(message: str) -> None:
    """Fails with a message: raises Failure, which ends the run, or the body of a try or retry."""
    raise Failure(message)


@pack.node(effect="pure", examples=(Example({"condition": "{{ total > 0 }}"}, variables={"total": 3}),))
def assert_(condition: bool, message: str = "the condition does not hold") -> None:
    """Goes on if a condition holds, else fails with a message: raises AssertionError."""
    if not condition:
        raise AssertionError(message)
