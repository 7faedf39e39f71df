"""Text: filling names in braces with values."""

import re
from typing import Any, Final

from stratagem import Example
from stratagem_std.as_text import as_text
from stratagem_std.look_up import NO_DEFAULT, look_up
from stratagem_std.registry import pack
from stratagem_std.secret_text import kept
from stratagem_std.text import bound

_NAME: Final = re.compile(r"\{([A-Za-z_][\w.\[\]-]*)\}")


@pack.node(
    effect="pure",
    examples=(
        Example(
            {"text": "Dear {user.name}, {count} new", "values": {"user": {"name": "Ada"}, "count": 3}},
            {"result": "Dear Ada, 3 new"},
        ),
        Example({"text": "{a}{b}", "values": {"a": 1}, "missing": "?"}, {"result": "1?"}),
    ),
)
def text_format(text: str, values: dict[str, Any], missing: str | None = None) -> str:
    """Fills each ``{name}`` in text with the value of that name; other braces stay as they are.

    A name may be a dotted path into ``values``. ``missing`` stands in for names without a value; left out, such a
    name raises LookupError. Values are only looked up: there are no format codes, attributes or calls.
    """
    sources: list[Any] = [text]
    size = len(text)

    def fill(found: re.Match[str]) -> str:
        value = look_up(values, found[1], NO_DEFAULT if missing is None else missing)
        sources.append(as_text(value))
        nonlocal size
        size += len(sources[-1])
        bound(size)
        return str.__str__(sources[-1])

    filled = _NAME.sub(fill, text)
    return kept(filled, *sources)
