"""Brief: values in messages, cut to a readable length however large they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from itertools import islice
from typing import Any, Final

from attrs import has

LENGTH: Final = 80
"""Characters of a value in a message."""

_LEVELS, _ITEMS, _BITS = 3, 6, 256
_EMPTY: Final = (dict, list, tuple, set, frozenset)
_BRACKETS: Final = ((list, "[", "]"), (tuple, "(", ")"), (set, "{", "}"), (frozenset, "frozenset({", "})"))


def brief(value: Any, length: int = LENGTH) -> str:
    """Return the value's repr, cut to ``length`` characters; it takes no longer for what is large, deep or in itself.

    Of lists and dicts the first entries are shown, of objects whose fields may hold more of them only the class.
    """
    text = _brief(value, _LEVELS)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _brief(value: Any, level: int) -> str:
    if type(value) is str:
        return repr(value[: 2 * LENGTH + 1])
    if isinstance(value, int) and value.bit_length() > _BITS:
        return f"<whole number of {value.bit_length():,} bits>"
    if isinstance(value, _EMPTY) and not value:
        return repr(value)
    if isinstance(value, Mapping):
        return f"{{{_listed((f'{_brief(key, level - 1)}: {_brief(value[key], level - 1)}' for key in value), len(value), level)}}}"
    for kind, begin, end in _BRACKETS:
        if isinstance(value, kind):
            single = "," if kind is tuple and len(value) == 1 else ""
            return f"{begin}{_listed((_brief(item, level - 1) for item in value), len(value), level)}{single}{end}"
    return f"<{type(value).__name__}>" if has(type(value)) or is_dataclass(value) else _own(value)


def _listed(texts: Iterable[str], count: int, level: int) -> str:
    if count and level == 0:
        return "…"
    return ", ".join([*islice(texts, _ITEMS), *(["…"] if count > _ITEMS else [])])


def _own(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
