"""Comparing two values."""

from typing import Any

from stratagem import Example
from stratagem_std.operators import Operator, holds
from stratagem_std.registry import pack


@pack.node(
    effect="pure",
    examples=(
        Example({"left": 3, "right": 2, "operator": ">"}, {"result": True}),
        Example({"left": "b", "right": ["a", "b"], "operator": "in"}, {"result": True}),
        Example({"left": "", "operator": "is_empty"}, {"result": True}),
    ),
)
def compare(left: Any, right: Any = None, operator: Operator = "==") -> bool:
    """Tells whether ``left operator right`` holds, as it does in templates.

    ``contains`` is ``in`` the other way round; the operators that begin with ``is_`` look at ``left`` alone. Raises
    TypeError for values that can't be compared so, such as a text with a number by ``<``.
    """
    return holds(operator, left, right)
