"""Arithmetic and comparison."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from stratagem import Example, Variables, brief
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std import arithmetic
from stratagem_std.operators import holds

_TWO: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {
        "add": arithmetic.add,
        "subtract": arithmetic.subtract,
        "multiply": arithmetic.multiply,
        "divide": arithmetic.divide,
        "floor_divide": arithmetic.floor_divide,
        "modulo": arithmetic.modulo,
        "power": arithmetic.power,
        "min": min,
        "max": max,
    }
)
_ONE: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "abs": arithmetic.absolute,
        "sqrt": math.sqrt,
        "floor": math.floor,
        "ceil": math.ceil,
        "round": lambda number: arithmetic.rounded(number),
        "negate": lambda number: -number,
    }
)
_SIGNS = ("==", "!=", ">", "<", ">=", "<=")
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "equals": "==",
        "not_equals": "!=",
        "greater_than": ">",
        "less_than": "<",
        "greater_than_or_equal": ">=",
        "less_than_or_equal": "<=",
    }
)


@data_node(
    "MathOperationNode",
    effect="write",
    runs="loop",
    writes=("var:{output_var}",),
    examples=(
        Example({"a": 10, "b": "2", "operation": "multiply"}, gives={"result": 20.0}),
        Example({"a": 10, "b": 4, "operation": "divide", "round_digits": 0, "output_var": "x"}, sets={"x": 2.0}),
    ),
)
def math_operation(
    variables: Variables,
    a: Any = 0.0,
    b: Any = 0.0,
    operation: Any = "add",
    round_digits: Any = None,
    output_var: Any = "",
) -> float:
    """Computes with ``a`` and, where the operation takes two, ``b``; the variable ``output_var`` gets the result too."""
    result = _compute(coerce.text(operation), coerce.number(a), b)
    digits = coerce.optional_whole(round_digits)
    result = float(result if digits is None else arithmetic.rounded(result, digits))
    if name := coerce.text(output_var):
        variables[name] = result
    return result


@data_node(
    "ComparisonNode",
    examples=(
        Example({"a": 75, "b": "50", "operator": ">"}, gives={"result": True}),
        Example({"a": "x", "b": "y"}, gives={"result": False}),
    ),
)
def comparison(a: Any = None, b: Any = None, operator: Any = "==") -> bool:
    """Compares ``a`` and ``b``; where one is a number, the other is read as one if it can be."""
    sign = _WORDS.get(coerce.text(operator), operator)
    a, b = _alike(a, b)
    if sign not in _SIGNS:
        raise ValueError(f"there is no comparison {brief(operator)}; there are {', '.join(_SIGNS)}")
    return holds(sign, a, b)


def _compute(operation: str, a: float, b: Any) -> float:
    if operation in _ONE:
        return _ONE[operation](a)
    if operation in _TWO:
        return _TWO[operation](a, coerce.number(b))
    raise ValueError(f"there is no operation {brief(operation)}; there are {', '.join([*_TWO, *_ONE])}")


def _alike(a: Any, b: Any) -> tuple[Any, Any]:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, (int, float)) and isinstance(other, str):
            try:
                return coerce.number(a), coerce.number(b)
            except ValueError:
                return a, b
    return a, b
