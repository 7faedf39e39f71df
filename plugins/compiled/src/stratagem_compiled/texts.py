"""Functions and classes that the written functions use."""

from __future__ import annotations

from typing import Any

from stratagem import NOT_GIVEN, NOTHING, RESULT_CHARS, Absent, look_up, to_text


class NotPlain(Exception):  # noqa: N818 - control flow within this package
    """A text that the quick way does not join: one with something secret in it."""


def piece(value: Any) -> str:
    """A value as it appears within text; raises NotPlain, or what `to_text` raises."""
    text = to_text(value)
    if type(text) is not str:
        raise NotPlain
    return text


GLOBALS = {
    "Absent": Absent,
    "LONGEST": RESULT_CHARS,
    "NOTHING": NOTHING,
    "NOT_GIVEN": NOT_GIVEN,
    "look_up": look_up,
    "piece": piece,
}
"""The global names of the written functions."""
