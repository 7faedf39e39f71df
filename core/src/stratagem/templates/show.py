"""Show: values as text, bounded in size, secret where something secret is in it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from stratagem.templates.caps import RESULT_CHARS, RESULT_ITEMS, VALUE_DEPTH
from stratagem.templates.kinds import OperandsRefused
from stratagem.templates.secret import Secret


def to_text(value: Any) -> str:
    """The value as it appears within text.

    Text is itself, None is empty, booleans are ``true`` and ``false``, lists and dicts are compact JSON, numbers and
    other objects are what `str` makes of them.

    Raises:
        OperandsRefused: the text would be too large, or the value has none.
    """
    if isinstance(value, str):
        return value if type(value) in (str, Secret) else str.__str__(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, Mapping)):
        return to_json(value)
    return _str(value)


def to_json(value: Any) -> str:
    """The value as compact JSON; objects that JSON does not know are written as their text.

    Raises:
        OperandsRefused: the text would be too large, or JSON can't express a number or key.
    """
    secret = _survey(value)
    try:
        text = _JSON.encode(value)
    except ValueError:
        raise OperandsRefused("a number that is not finite, or too large, can't be made text") from None
    except TypeError:
        raise OperandsRefused("a dict with keys that are neither text nor numbers can't be made JSON") from None
    return Secret(bounded(text)) if secret else bounded(text)


def bounded(text: str) -> str:
    """The text itself.

    Raises:
        OperandsRefused: it is too large.
    """
    within_bounds(len(text))
    return text


def within_bounds(size: int) -> None:
    """Nothing, for a text of this many characters that is not too large.

    Raises:
        OperandsRefused: it is too large.
    """
    if size > RESULT_CHARS:
        raise OperandsRefused(f"the text has more than {RESULT_CHARS} characters")


def has_secret(values: Iterable[Any]) -> bool:
    """Return whether one of the values is a secret text."""
    return any(type(value) is Secret for value in values)


def _str(value: Any) -> str:
    try:
        return bounded(str(value))
    except ValueError:
        raise OperandsRefused("a number that is too large can't be made text") from None


def _for_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else _str(value)


_JSON: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), default=_for_json
)


def _survey(value: Any) -> bool:
    """Return whether a secret is anywhere in the value.

    Looks level by level, so that one within itself ends at the caps.
    """
    secret, count, size, level = False, 0, 0, [value]
    for _ in range(VALUE_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            secret = secret or type(item) is Secret
            count += _put_entries(item, below)
            if count > RESULT_ITEMS:
                raise OperandsRefused(f"a value with more than {RESULT_ITEMS} entries can't be made text")
            if isinstance(item, str):
                size += len(item)
        within_bounds(size)  # before there is a text in which one long entry stands many times
        if not below:
            return secret
        level = below
    raise OperandsRefused(f"a value nested more than {VALUE_DEPTH} deep can't be made text")


def _put_entries(item: Any, below: list[Any]) -> int:
    before = len(below)
    if isinstance(item, (list, tuple)):
        below.extend(item)
    elif isinstance(item, Mapping):
        below.extend(item)
        below.extend(item.values())
    return len(below) - before
