"""Leaving the body of a loop early."""

from stratagem import BreakLoop, ContinueLoop, Example, Graph, Node
from stratagem_std.registry import pack

LEAVES = ("loop", "loop:{loop}")
"""The innermost loop is left, and all from there to the one that is named."""


def _example(type_: str) -> Graph:
    step = Node("example", type_, when="item == 2")
    return Graph(
        {
            "loop": Node(
                "loop", "std.for_each", {"items": [1, 2, 3]}, {"body": Graph({"example": step}, result="{{ item }}")}
            )
        }
    )


@pack.node(name="break", runs="loop", writes=LEAVES, examples=(Example(workflow=_example("std.break")),))
def break_(loop: str = "") -> None:
    """Ends the loop that it is in the body of; ``loop`` is the id of one further out."""
    raise BreakLoop(loop or None)


@pack.node(name="continue", runs="loop", writes=LEAVES, examples=(Example(workflow=_example("std.continue")),))
def continue_(loop: str = "") -> None:
    """Ends this pass of the loop that it is in the body of; ``loop`` is the id of one further out."""
    raise ContinueLoop(loop or None)
