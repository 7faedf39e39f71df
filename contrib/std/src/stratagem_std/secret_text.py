"""Text made from a secret stays secret, so that it prints as ``***`` further on too."""

from collections.abc import Mapping
from typing import Any

from stratagem import Secret, require_walkable


def kept(text: str, *sources: Any) -> str:
    """``text``, as a secret if one of the values that it was made from is one."""
    return Secret(text) if Secret in map(type, sources) else text  # it is final: nothing derives from it


def all_kept(texts: list[str], *sources: Any) -> list[str]:
    """Each of ``texts``, as `kept`."""
    return [kept(text, *sources) for text in texts]


def plain(text: str) -> str:
    """The real text, to be handed to what sends or stores it."""
    return text.reveal() if isinstance(text, Secret) else text


def holds_secret(value: Any) -> bool:
    """Return whether a secret is anywhere in nested lists and dicts.

    What stands in them several times is looked at once.
    """
    waiting, seen = [value], set[int]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, Secret):
            return True
        if isinstance(part, (Mapping, list, tuple)) and id(part) not in seen:
            seen.add(id(part))
            waiting += part
            waiting += part.values() if isinstance(part, Mapping) else ()
    return False


def revealed(value: Any) -> Any:
    """A copy of nested lists and dicts in which every secret is plain text, for what takes values apart itself.

    Raises:
        ValueError: parts stand in the value so often that nobody could copy all of it.
    """
    require_walkable(value, "handed on")
    return _revealed(value)


def _revealed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_revealed(key): _revealed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_revealed(item) for item in value] if isinstance(value, list) else tuple(map(_revealed, value))
    return plain(value)
