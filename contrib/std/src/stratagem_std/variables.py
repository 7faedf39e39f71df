"""Variables: values by name that all steps of a run see."""

from typing import Any

from stratagem import Example, Variables, nearest
from stratagem_std.arithmetic import add
from stratagem_std.look_up import NO_DEFAULT
from stratagem_std.registry import pack


@pack.node(
    runs="loop",
    writes=("var:{name}",),
    examples=(Example({"name": "total", "value": 3}, {"result": 3}, sets={"total": 3}),),
)
def set_variable(name: str, value: Any, variables: Variables) -> Any:
    """Sets a variable, and hands the value on."""
    variables[name] = value
    return value


@pack.node(
    effect="read",
    runs="loop",
    reads=("var:{name}",),
    examples=(
        Example({"name": "total"}, {"result": 3}, variables={"total": 3}),
        Example({"name": "unknown", "default": 0}, {"result": 0}),
    ),
)
def get_variable(name: str, variables: Variables, default: Any = NO_DEFAULT) -> Any:
    """Reads a variable; ``default`` is given where there is none of this name, else that raises LookupError."""
    if name in variables:
        return variables[name]
    if default is NO_DEFAULT:
        raise LookupError(_unknown(name, variables))
    return default


@pack.node(
    runs="loop",
    reads=("var:{name}",),
    writes=("var:{name}",),
    examples=(
        Example({"name": "count"}, {"result": 5}, variables={"count": 4}, sets={"count": 5}),
        Example({"name": "left", "by": -0.5}, {"result": 1.0}, variables={"left": 1.5}, sets={"left": 1.0}),
    ),
)
def increment_variable(name: str, variables: Variables, by: float = 1) -> float:
    """Adds a number to a variable, which starts at 0 if there is none yet; gives the sum.

    Raises TypeError if the variable is no number.
    """
    value = get_variable(name, variables, default=0)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"expected a number in the variable {name!r}, got a {type(value).__name__}")
    variables[name] = found = add(value, by)
    return found


@pack.node(
    runs="loop",
    reads=("var:{name}",),
    writes=("var:{name}",),
    examples=(
        Example({"name": "total"}, {"result": True}, variables={"total": 3}),
        Example({"name": "unknown"}, {"result": False}),
    ),
)
def delete_variable(name: str, variables: Variables) -> bool:
    """Removes a variable; tells whether there was one. Within an isolated body only the body's own can be removed."""
    if name not in variables:
        return False
    del variables[name]
    return True


def _unknown(name: str, variables: Variables) -> str:
    hint = nearest(name, list(variables))
    return f"there is no variable {name!r}" + (f". {hint}" if hint else "")
