"""while: a body as long as a condition holds."""

from attrs import frozen

from stratagem import Body, BreakLoop, Context, ContinueLoop, Deferred, Example, Graph, Node, brief
from stratagem_std.control.pace import Pace
from stratagem_std.registry import pack


@frozen
class Repeated:
    """The number of passes that were begun."""

    iterations: int


@pack.node(
    name="while",
    handles=("loop",),
    body_ports={"body": ("iteration",)},
    examples=(
        Example(
            gives={"iterations": 3},
            variables={"count": 0},
            sets={"count": 3},
            workflow=Graph(
                {
                    "example": Node(
                        "example",
                        "std.while",
                        {"condition": "count < 3"},
                        {"body": Graph({"one_more": Node("one_more", "std.increment_variable", {"name": "count"})})},
                    )
                }
            ),
        ),
    ),
)
async def while_(condition: Deferred[bool], body: Body, context: Context, max_iterations: int = 1000) -> Repeated:
    """Runs its body as long as an expression holds, which is looked at before each pass.

    The body reads ``iteration``, counted from 0, as a port of this node. Raises RuntimeError if the condition still
    holds after ``max_iterations`` passes, TypeError if it is neither true nor false.
    """
    pace = Pace()
    iteration = 0
    while _holds(condition):
        if iteration >= max_iterations:
            raise RuntimeError(f"the condition still holds after {iteration} passes; max_iterations allows no more")
        iteration += 1
        try:
            await body({"iteration": iteration - 1})
        except BreakLoop as left:
            if not left.concerns(context.node_id):
                raise
            break
        except ContinueLoop as left:
            if not left.concerns(context.node_id):
                raise
        if pace.due:
            await pace.rest()
    return Repeated(iteration)


def _holds(condition: Deferred[bool]) -> bool:
    value: object = condition()
    if not isinstance(value, bool):
        raise TypeError(f"expected true or false for the condition, got {brief(value)}")
    return value
