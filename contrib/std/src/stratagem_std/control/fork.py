"""fork: several bodies at once."""

from typing import Any, Literal

import anyio
from attrs import frozen

from stratagem import Bodies, Body, Example, Graph, LeaveLoop, Node, StepFailed
from stratagem_std.control.reports import report_of
from stratagem_std.registry import pack


@frozen
class Forked:
    """The value of each branch, by its name in document order, and those that failed."""

    results: dict[str, Any]
    errors: list[dict[str, Any]]


@pack.node(
    examples=(
        Example(
            gives={"results": {"net": 100, "gross": 119}, "errors": []},
            variables={"price": 100},
            workflow=Graph(
                {
                    "example": Node(
                        "example",
                        "std.fork",
                        bodies={"net": Graph(result="{{ price }}"), "gross": Graph(result="{{ price + 19 }}")},
                    )
                }
            ),
        ),
    ),
)
async def fork(bodies: Bodies, on_error: Literal["fail", "collect"] = "fail") -> Forked:
    """Runs all its bodies at once, whatever their names, and goes on when all have ended.

    Each body has its own variables, dropped at its end: it hands on its result. With ``on_error: fail`` the first
    failure cancels the other bodies and goes on outwards; with ``collect`` they go on, and ``errors`` has each failure
    with branch, message, type and node, while the result of its branch is None. A body can't leave a loop around it.
    """
    results: dict[str, Any] = dict.fromkeys(bodies)
    errors: dict[str, dict[str, Any]] = {}
    failed: dict[str, Exception] = {}

    async def run(name: str, body: Body) -> None:
        try:
            results[name] = await body(isolated=True)
        except LeaveLoop:
            failed[name] = RuntimeError(f"the branch {name!r} of a fork can't break or continue a loop around it")
        except StepFailed as failure:
            if on_error == "collect":
                errors[name] = report_of(failure).entry(branch=name)
                return
            failed[name] = failure
        except Exception as error:
            failed[name] = error
        if name in failed:
            branches.cancel_scope.cancel()

    async with anyio.create_task_group() as branches:
        for name, body in bodies.items():
            branches.start_soon(run, name, body)
    for name in bodies:
        if name in failed:
            raise failed[name]
    return Forked(results, [errors[name] for name in bodies if name in errors])
