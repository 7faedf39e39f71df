"""JSON as text."""

import json
from typing import Any

import attrs

from stratagem.nodes import Example
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack


@attrs.frozen
class Parsed:
    """A value out of a response; ``error`` tells why there is none."""

    value: Any
    success: bool
    error: str


@pack.node(
    "DictToJsonNode",
    effect="pure",
    outputs=("json_string",),
    examples=(Example({"dict": {"a": 1}}, gives={"json_string": '{"a": 1}'}),),
)
def dict_to_json(dict_: Any = None, indent: Any = None, sort_keys: Any = False, ensure_ascii: Any = True) -> str:
    """As JSON text; any value will do."""
    return json.dumps(
        {} if dict_ is None else dict_,
        indent=coerce.optional_whole(indent),
        sort_keys=coerce.truth(sort_keys),
        ensure_ascii=coerce.truth(ensure_ascii),
        default=str,
    )


@pack.node(
    "JsonParseNode",
    effect="pure",
    outputs=("data",),
    examples=(Example({"json_string": '{"a": 1}'}, gives={"data": {"a": 1}}),),
)
def json_parse(json_string: Any = "") -> Any:
    """What a JSON text says."""
    if not json_string:
        raise ValueError("Empty JSON string")
    return json.loads(coerce.text(json_string))


@pack.node(
    "ParseJsonResponseNode",
    effect="pure",
    examples=(
        Example({"json_data": '{"a": [5]}', "path": "a.0"}, gives={"value": 5, "success": True}),
        Example({"json_data": "{", "default": 7}, gives={"value": 7, "success": False}),
    ),
)
def parse_json_response(json_data: Any = None, path: Any = "", default: Any = None) -> Parsed:
    """What a dotted path leads to in JSON text or data, or ``default``; ``success`` tells which."""
    try:
        data = json.loads(json_data) if isinstance(json_data, str) else json_data
    except ValueError as error:
        return Parsed(default, False, f"this is not JSON: {error}")
    found = coerce.look_up(data, coerce.text(path))
    if found is None:
        return Parsed(default, False, f"there is no {coerce.text(path) or 'data'!r}")
    return Parsed(found, True, "")
