"""Looking values up by a dotted path in nested dicts and lists: ``customer.name``, ``rows[0].id``."""

import re
from collections.abc import Mapping
from typing import Any, Final

from stratagem import brief, nearest

_PART: Final = re.compile(r"\[(-?\d+)\]|\.?([^.\[\]]+)")


class NoDefault:
    """Stands where no default is given: what is missing is an error then."""

    def __repr__(self) -> str:
        return "(an error)"


NO_DEFAULT: Final = NoDefault()


def parts_of(path: str) -> list[str | int]:
    """The keys and indexes that ``path`` is made of; raises ValueError if it is no path."""
    parts: list[str | int] = []
    position = 0
    while position < len(path):
        found = _PART.match(path, position)
        if found is None or (position == 0 and path[0] == "."):
            raise ValueError(f"expected a path such as customer.name or rows[0].id, got {brief(path)}")
        parts.append(int(found[1]) if found[1] else found[2])
        position = found.end()
    return parts


def look_up(data: Any, path: str, default: Any = NO_DEFAULT) -> Any:
    """The value at ``path``, or ``default`` where there is none.

    A key that is spelled exactly like the path, dots included, comes first. Numbers between dots are indexes in lists
    and keys in dicts; an empty path is ``data`` itself.

    Raises:
        LookupError: there is no value there, and no default.
        ValueError: ``path`` is no path.
    """
    if path and isinstance(data, Mapping) and path in data:
        return data[path]
    value = data
    for part in parts_of(path):
        try:
            value = _step(value, part)
        except (KeyError, IndexError):
            if default is NO_DEFAULT:
                raise LookupError(f"there is no {brief(path)}: {_missing(value, part)}") from None
            return default
    return value


def missing_key(data: Mapping[Any, Any], key: Any) -> str:
    """A sentence part that says that ``key`` is not in ``data``, and what is."""
    hint = nearest(key, data) if isinstance(key, str) else None
    return f"the dict has no key {brief(key)}" + (f". {hint}" if hint else "")


def _step(value: Any, part: str | int) -> Any:
    if isinstance(value, Mapping):
        return value[part] if part in value else value[str(part)]
    if isinstance(value, (list, tuple)):
        return value[_index(part)]
    raise KeyError(part)


def _index(part: str | int) -> int:
    try:
        return int(part)
    except ValueError:
        raise KeyError(part) from None


def _missing(value: Any, part: str | int) -> str:
    if isinstance(value, Mapping):
        return missing_key(value, part)
    if isinstance(value, (list, tuple)):
        return f"the list has {len(value)} items and no {part!r}"
    return f"{type(value).__name__} has no parts to look {part!r} up in"
