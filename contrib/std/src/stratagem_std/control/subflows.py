"""Other workflows, called or started and left running."""

from typing import Any

from stratagem import Example, Graph, Handle, Node, Subflow, SubflowResult
from stratagem_std.registry import pack

_START = Node("start", "std.start_subflow", {"flow": "double.yaml", "variables": {"number": 4}})


@pack.node(
    examples=(
        Example(
            {"flow": "double.yaml", "variables": {"number": 21}}, {"result": 42, "variables": {"number": 21}}
        ),
    )
)  # fmt: skip
async def subflow(flow: Subflow, variables: dict[str, Any] | None = None) -> SubflowResult:
    """Runs another workflow's file to its end.

    ``flow`` is its path, beside this workflow's file. It starts with its own variables, with the values of
    ``variables`` in place of theirs; ``result`` is what the workflow's ``result`` says, ``variables`` are its
    variables at its end.
    """
    return await flow(variables)


@pack.node(
    outputs=("handle",),
    examples=(Example({"flow": "double.yaml", "variables": {"number": 21}}),),
)
async def start_subflow(flow: Subflow, variables: dict[str, Any] | None = None, detached: bool = False) -> Handle:
    """Starts another workflow's file, and goes on while it runs; inputs as for subflow.

    ``handle`` is for wait_subflow, subflow_ended and cancel_subflow. The run ends when all that it has started has
    ended; a failure that nobody waited for is then the run's own. A ``detached`` one is a run of its own, which goes on
    until it ends or the kernel closes.
    """
    return flow.start(variables, detached=detached)


@pack.node(
    examples=(
        Example(
            gives={"result": 8},
            workflow=Graph(
                {"start": _START, "example": Node("example", "std.wait_subflow", {"handle": "{{ start.handle }}"})}
            ),
        ),
    )
)
async def wait_subflow(handle: Handle) -> SubflowResult:
    """Waits for a subflow that was started; gives and raises what subflow would, RunError if it was cancelled."""
    return await handle.wait()


@pack.node(
    runs="loop",
    idempotent=True,
    examples=(
        Example(
            workflow=Graph(
                {"start": _START, "example": Node("example", "std.cancel_subflow", {"handle": "{{ start.handle }}"})}
            ),
        ),
    ),
)
def cancel_subflow(handle: Handle) -> None:
    """Cancels a subflow that was started; does nothing to one that has ended."""
    handle.cancel()


@pack.node(
    effect="read",
    runs="loop",
    examples=(
        Example(
            workflow=Graph(
                {"start": _START, "example": Node("example", "std.subflow_ended", {"handle": "{{ start.handle }}"})}
            ),
        ),
    ),
)
def subflow_ended(handle: Handle) -> bool:
    """Tells whether a subflow that was started has ended, without waiting for it."""
    return handle.done
