"""Values as a page is to get them: secrets with their real text."""

from collections.abc import Mapping
from typing import Any

from stratagem_std.secret_text import plain


def revealed(value: Any) -> Any:
    """A copy of nested lists and dicts in which every secret is plain text."""
    if isinstance(value, Mapping):
        return {revealed(key): revealed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [revealed(item) for item in value]
    return plain(value) if isinstance(value, str) else value
