"""Variables: set, get, increment."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from stratagem import SYSTEM_NAMES, Example, TemplatePath, UndefinedName, Variables, require_walkable, system_value
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_casare.nodes.registry import pack
from stratagem_casare.references import Read
from stratagem_casare.template import LenientTemplate, has_references
from stratagem_std import json_text
from stratagem_std import variables as std_variables
from stratagem_std.arithmetic import bounded


def _float(text: str) -> float:
    return bounded(float(text))


_TYPES: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "integer": int,
        "int32": int,
        "float": _float,
        "boolean": coerce.truth,
        "list": json_text.parse,
        "array": json_text.parse,
        "dict": json_text.parse,
        "dictionary": json_text.parse,
    }
)


@pack.node(
    "SetVariableNode",
    runs="loop",
    # A value with references is resolved once more, which may read any variable; a constant reads none.
    reads=("var:{value}",),
    writes=("var:{variable_name}",),
    outputs=("value",),
    examples=(
        Example({"variable_name": "a", "value": 3}, gives={"value": 3}, sets={"a": 3}),
        Example({"variable_name": "a", "value": "3", "variable_type": "Integer"}, sets={"a": 3}),
    ),
)
def set_variable(
    variables: Variables,
    variable_name: str,
    value: Any = None,
    default_value: Any = None,
    variable_type: str = "String",
) -> Any:
    """Sets a variable to ``value``, or to ``default_value`` where that is missing.

    The value is resolved once more: a text that came out of a reference may have references to variables itself.
    A text is converted to ``variable_type`` where it can be.
    """
    if not variable_name:
        raise ValueError("Variable name is required")
    chosen = resolve_again(default_value if value is None else value, variables)
    variables[variable_name] = chosen = _converted(chosen, variable_type)
    return chosen


@pack.node(
    "GetVariableNode",
    runs="loop",
    effect="read",
    reads=("var:{variable_name}",),
    outputs=("value",),
    examples=(Example({"variable_name": "a"}, variables={"a": 3}, gives={"value": 3}),),
)
def get_variable(variables: Variables, variable_name: str, default_value: Any = None) -> Any:
    """Reads a variable, or gives ``default_value`` if there is none of this name."""
    return std_variables.get_variable(variable_name, variables, default_value)


@data_node(
    "IncrementVariableNode",
    effect="write",
    runs="loop",
    reads=("var:{variable_name}",),
    writes=("var:{variable_name}",),
    outputs=("value",),
    examples=(Example({"variable_name": "a", "increment": 2}, variables={"a": 3}, gives={"value": 5.0}),),
)
def increment_variable(variables: Variables, variable_name: str, increment: Any = 1.0) -> float:
    """Adds ``increment`` to a variable; one that is missing counts as 0."""
    value = bounded(coerce.number(_value(variables, variable_name, 0.0)) + coerce.number(increment, 1.0))
    variables[variable_name] = value
    return value


def resolve_again(value: Any, variables: Variables) -> Any:
    """The value with references to variables and system values resolved; others stay as they are written."""
    if not has_references(value):
        return value
    require_walkable(value, "resolved")

    def bind(path: TemplatePath) -> tuple[Read, int]:
        if path.root in SYSTEM_NAMES:
            system = system_value(path.root, lambda: datetime.now().astimezone())
            assert system is not None  # it is one of the names
            return lambda scope: system(), 0
        if path.root not in variables:
            raise UndefinedName(f"{path.root!r} is no variable")
        return lambda scope: variables[path.root], 0

    return LenientTemplate(value).bind(bind)(None)


def _value(variables: Variables, name: str, otherwise: Any) -> Any:
    try:
        return variables[name]
    except KeyError:
        return otherwise


def _converted(value: Any, type_: str) -> Any:
    if not isinstance(value, str) or (convert := _TYPES.get(type_.lower())) is None:
        return value
    try:
        return convert(value)
    except ValueError:  # the dialect keeps a text that is not of the type
        return value
