"""Filters for text."""

from typing import Any

from stratagem.templates.caps import RESULT_ITEMS
from stratagem.templates.kinds import OperandsRefused, kind_of
from stratagem.templates.show import bounded, within_bounds
from stratagem.templates.words import titled


def want_text(value: Any) -> str:
    """The value itself, if it is text."""
    if not isinstance(value, str):
        raise OperandsRefused(f"a string is needed, not {kind_of(value)}")
    return value


def upper(value: Any) -> str:
    """In capital letters."""
    return bounded(want_text(value).upper())


def lower(value: Any) -> str:
    """In small letters."""
    return bounded(want_text(value).lower())


def title(value: Any) -> str:
    """Each word with a capital letter; an apostrophe within it begins no other one."""
    return bounded(titled(want_text(value)))


def trim(value: Any) -> str:
    """Without white space at both ends."""
    return want_text(value).strip()


def split(value: Any, separator: Any = None) -> list[str]:
    """The parts between separators; without one, the words between white space."""
    text = want_text(value)
    if separator is not None and not want_text(separator):
        raise OperandsRefused("the separator is empty")
    parts = text.split(separator, RESULT_ITEMS)
    if len(parts) > RESULT_ITEMS:
        raise OperandsRefused(f"the list has more than {RESULT_ITEMS} entries")
    return parts


def replaced(value: Any, old: Any, new: Any) -> str:
    """With every ``old`` replaced by ``new``."""
    text, old, new = want_text(value), want_text(old), want_text(new)
    within_bounds(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def begins(value: Any, prefix: Any) -> bool:
    """Return whether it begins with ``prefix``."""
    return want_text(value).startswith(want_text(prefix))


def ends(value: Any, suffix: Any) -> bool:
    """Return whether it ends with ``suffix``."""
    return want_text(value).endswith(want_text(suffix))
