"""Errors that are kept after they have been dealt with: they say what happened, and keep nothing of it alive.

The traceback of an error holds the frames that it went through, with every value in them; an error may also hold what it
is about, as an AttributeError does. A loop that goes on after failing passes would keep the values of all its passes.
"""

from __future__ import annotations

from traceback import clear_frames
from typing import TypeVar

from stratagem.errors import StepFailed, StratagemError, describe

E = TypeVar("E", bound=BaseException)

LONGEST = 1000
"""Characters of a text that an error is kept with."""

KEPT = "_kept"

LIGHT = (str, int, float, bool, type(None))


class KeptError(Exception):
    """Stands for an error that held more than text and numbers: its text is the class and message of that one."""


def kept(failure: StepFailed) -> StepFailed:
    """Return what is kept of a failed step's error; the same object however often it is asked for."""
    known: StepFailed | None = vars(failure).get(KEPT)
    if known is None:
        known = _copied(failure) or StepFailed(failure.what)
        known.__cause__ = _light(failure.__cause__)
        vars(failure)[KEPT] = known
    return known


def let_go(error: BaseException | None) -> None:
    """Clear what the frames hold that an error and those behind it went through; their lines stay."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        clear_frames(error.__traceback__)
        waiting += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]


def _light(error: BaseException | None) -> BaseException | None:
    if error is None:
        return None
    if isinstance(error, StepFailed):
        return kept(error)
    copy = _copied(error) if isinstance(error, StratagemError) or _is_light(error) else None
    return copy if copy is not None and describe(copy) == describe(error) else KeptError(describe(error)[:LONGEST])


def _is_light(error: BaseException) -> bool:
    """Return whether a copy of the same class would hold text and numbers alone, and not too much of them."""
    values = (*error.args, *(value for key, value in vars(error).items() if key != "__notes__"))
    return all(isinstance(value, LIGHT) and (type(value) is not str or len(value) <= LONGEST) for value in values)


def _copied(error: E) -> E | None:
    """Return an equal error without traceback, cause and context; None where its class can't be made so.

    Its ``__init__`` is not called, so what a class does there is not done twice.
    """
    kind = type(error)
    try:
        copy: E = kind.__new__(kind, *error.__reduce__()[1])  # an OSError's arguments are not all in its args
    except Exception:  # whatever the class's own code raises: its text is kept instead
        return None
    copy.args = error.args
    copy.__dict__.update({key: value for key, value in vars(error).items() if key != KEPT})
    return copy
