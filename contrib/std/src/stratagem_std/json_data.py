"""JSON: reading, writing, and looking into it."""

from typing import Any

from stratagem import Context, Example, atomic
from stratagem_std import json_text
from stratagem_std.files import text_in
from stratagem_std.look_up import NO_DEFAULT, look_up
from stratagem_std.paths import resolved, writable
from stratagem_std.registry import pack
from stratagem_std.secret_text import plain


@pack.node(effect="pure", examples=(Example({"text": '{"a": [1, null]}'}, {"result": {"a": [1, None]}}),))
def json_parse(text: str) -> Any:
    """Turns JSON text into a value.

    A byte order mark is left out. Raises ValueError, with line and column, for what is no JSON, for a key that an
    object has twice, and for numbers that are too large.
    """
    return json_text.parse(text)


@pack.node(
    effect="pure",
    examples=(
        Example({"data": {"b": 1, "a": [True, None]}}, {"result": '{"b": 1, "a": [true, null]}'}),
        Example({"data": {"b": 1, "a": 2}, "indent": 2, "sort_keys": True}, {"result": '{\n  "a": 2,\n  "b": 1\n}'}),
    ),
)
def json_dump(data: Any, indent: int | None = None, sort_keys: bool = False) -> str:
    """Turns a value into JSON text, on one line unless ``indent`` is given.

    Raises TypeError for values that JSON does not have, ValueError for numbers that are not finite.
    """
    return json_text.dump(data, indent, sort_keys)


@pack.node(
    effect="pure",
    examples=(
        Example({"data": {"rows": [{"id": 7}]}, "path": "rows[0].id"}, {"result": 7}),
        Example({"data": {"rows": []}, "path": "rows[0].id", "default": None}, {"result": None}),
    ),
)
def json_get(data: Any, path: str, default: Any = NO_DEFAULT) -> Any:
    """Gives the value at a dotted path in nested dicts and lists.

    ``default`` is given where there is none; left out, that raises LookupError.
    """
    return look_up(data, path, default)


@pack.node(
    effect="read", reads=("file:{path}",), examples=(Example({"path": "data/order.json"}, {"result": {"id": 7}}),)
)
def json_read(path: str, context: Context, encoding: str = "utf-8") -> Any:
    """Reads a JSON file. Raises OSError, UnicodeDecodeError, and ValueError as json_parse does."""
    return json_text.parse(text_in(resolved(path, context).read_bytes(), encoding))


@pack.node(
    writes=("file:{path}",),
    idempotent=True,
    examples=(Example({"path": "out/order.json", "data": {"id": 7}}, {"result": "out/order.json"}),),
)
def json_write(
    path: str,
    data: Any,
    context: Context,
    indent: int | None = 2,
    sort_keys: bool = False,
    overwrite: bool = True,
    parents: bool = True,
) -> str:
    """Writes a value to a JSON file, all of it or nothing; gives the file's path. Raises as json_dump, and OSError."""
    content = plain(json_text.dump(data, indent, sort_keys)) + "\n"
    atomic.write_bytes(writable(path, context, overwrite, parents), content.encode())
    return path
