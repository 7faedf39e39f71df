"""Values as text, the way templates write them."""

from typing import Any

from stratagem import OperandsRefused, to_text


def as_text(value: Any) -> str:
    """Text is itself, None is empty, booleans are ``true`` and ``false``, lists and dicts are compact JSON.

    Raises:
        ValueError: the value has no text, or a huge one.
    """
    try:
        return to_text(value)
    except OperandsRefused as refused:
        raise ValueError(str(refused)) from None
