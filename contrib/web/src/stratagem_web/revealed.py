"""Values as a page is to get them: secrets with their real text."""

from collections.abc import Mapping
from typing import Any

from stratagem.extent import require_walkable
from stratagem_std.secret_text import plain


def revealed(value: Any) -> Any:
    """A copy of nested lists and dicts in which every secret is plain text; raises ValueError for what is too large."""
    require_walkable(value, "handed to a page")
    return _revealed(value)


def _revealed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_revealed(key): _revealed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_revealed(item) for item in value]
    return plain(value) if isinstance(value, str) else value
