"""JSON as text."""

from typing import Any

import attrs

from stratagem import NOTHING, Example, Nothing, Secret
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import action_node, data_node
from stratagem_std import json_text
from stratagem_std.secret_text import holds_secret


@attrs.frozen
class Parsed:
    """A value out of a response; ``error`` tells why there is none."""

    value: Any | Nothing = NOTHING
    success: bool = True
    error: str = ""


@data_node(
    "DictToJsonNode",
    outputs=("json_string",),
    examples=(Example({"dict": {"a": 1}}, gives={"json_string": '{"a": 1}'}),),
)
def dict_to_json(dict_: Any = None, indent: Any = None, sort_keys: Any = False, ensure_ascii: Any = True) -> str:
    """As JSON text; any value will do but numbers that JSON does not have."""
    sort, ascii_only = coerce.truth(sort_keys), coerce.truth(ensure_ascii)
    text = coerce.json_of({} if dict_ is None else dict_, indent, sort_keys=sort, ensure_ascii=ascii_only)
    return Secret(text) if holds_secret(dict_) else text


@data_node("ParseJSONNode", outputs=("data",), examples=(Example({"json_string": "[1]"}, gives={"data": [1]}),))
@data_node(
    "JsonParseNode",
    outputs=("data",),
    examples=(Example({"json_string": '{"a": 1}'}, gives={"data": {"a": 1}}),),
)
def json_parse(json_string: Any = "") -> Any:
    """Return what a JSON text says."""
    if not json_string:
        raise ValueError("Empty JSON string")
    return json_text.parse(coerce.text(json_string))


@action_node(
    "ParseJsonResponseNode",
    effect="pure",
    examples=(
        Example({"json_data": '{"a": [5]}', "path": "a.0"}, gives={"value": 5, "success": True}),
        Example({"json_data": '{"a": 1}', "path": "b", "default": 7}, gives={"value": 7, "success": True}),
    ),
)
def parse_json_response(json_data: Any = None, path: Any = "", default: Any = None) -> Parsed:
    """Return what a dotted path leads to in JSON text or data, or ``default``."""
    data = json_text.parse(json_data) if isinstance(json_data, str) else json_data
    if data is None:
        raise ValueError("there is no JSON data")
    found = coerce.at(data, path)
    if found is None and default is None:
        raise LookupError(f"there is no {coerce.text(path)!r} in the data")
    return Parsed(default if found is None else found)
