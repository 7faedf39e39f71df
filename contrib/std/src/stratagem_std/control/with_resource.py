"""with_resource: one lease for all steps of a body."""

from typing import Any

from stratagem import Body, Example, Graph, Leases, Node
from stratagem_std.registry import pack


@pack.node(
    holds=("{kind}:{name}",),
    examples=(
        Example(
            gives={"result": "done"},
            workflow=Graph(
                {"example": Node("example", "std.with_resource", {"kind": "thing"}, {"body": Graph(result="done")})}
            ),
        ),
    ),
)
async def with_resource(kind: str, body: Body, leases: Leases, name: str = "") -> Any:
    """Runs its body with one resource held: steps in it that need this kind share the lease, in place of one each.

    What it is to be like is said under the node's ``resources``, by the kind. With a ``name``, steps of bodies further
    in can ask for this lease where another of its kind is held nearer to them. Gives what the body gives.
    """
    async with leases.hold(kind, name):
        return await body()
