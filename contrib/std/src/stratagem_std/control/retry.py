"""retry: a body until it does not fail."""

from typing import Any

from anyio import sleep
from attrs import frozen

from stratagem import Body, Example, Graph, Node, Retry, StepFailed
from stratagem_std.control.reports import report_of
from stratagem_std.registry import pack


@frozen
class Retried:
    """The number of attempts, and what the last gave."""

    attempts: int
    result: Any


@pack.node(
    handles=("failures",),
    body_ports={"body": ("attempt", "last_error")},
    examples=(
        Example(
            gives={"attempts": 2, "result": "done"},
            workflow=Graph(
                {
                    "example": Node(
                        "example",
                        "std.retry",
                        {"delay": 0},
                        {
                            "body": Graph(
                                {"second": Node("second", "std.assert", {"condition": "{{ example.attempt > 1 }}"})},
                                result="done",
                            )
                        },
                    )
                }
            ),
        ),
    ),
)
async def retry(
    body: Body, attempts: int = 3, delay: float = 1.0, backoff: float = 2.0, max_delay: float = 60.0
) -> Retried:
    """Runs its body again as long as it fails, up to ``attempts`` times; the last failure goes on outwards.

    Between attempts it waits ``delay`` seconds, each time ``backoff`` times as long, at most ``max_delay``. The body
    reads ``attempt``, counted from 1, and ``last_error``, the message of the last failure, as ports of this node.
    """
    if attempts < 1:
        raise ValueError(f"expected 1 or more for attempts, got {attempts}")
    pauses = Retry(attempts, delay, backoff, max_delay)
    attempt, last_error = 1, ""
    while True:
        ports = {"attempt": attempt, "last_error": last_error}
        try:
            return Retried(attempt, await body(ports, of=attempts, number=attempt - 1))
        except StepFailed as failure:
            if attempt == attempts:
                raise
            last_error = report_of(failure).message
        await sleep(max(0.0, pauses.pause(attempt)))
        attempt += 1
