"""Look-ups: exact ones into dicts and lists, and no other way into a value."""

from collections.abc import Mapping, Sequence
from typing import Any

from stratagem.templates.kinds import OperandsRefused, kind_of


def look_up(holder: Any, step: Any) -> Any:
    """The entry of a dict under a key, or of a list at an index; a negative index counts from the end.

    Raises:
        LookupError: there is none, or the holder is neither dict nor list.
        OperandsRefused: the step can't be a key or an index.
    """
    if isinstance(holder, (list, tuple)):
        return _in_list(holder, step)
    if isinstance(holder, Mapping):
        return _in_mapping(holder, step)
    raise LookupError(step)


def _in_list(holder: Sequence[Any], step: Any) -> Any:
    if type(step) is int:
        return holder[step]
    if isinstance(step, str):
        raise LookupError(step)
    raise OperandsRefused(f"the index of a list is a whole number, not {kind_of(step)}")


def _in_mapping(holder: Mapping[Any, Any], step: Any) -> Any:
    if isinstance(step, (list, tuple, Mapping)):
        raise OperandsRefused(f"the key of a dict is text or a number, not {kind_of(step)}")
    # A mapping that makes up entries for absent keys must not be changed by a look.
    if step not in holder:
        raise LookupError(step)
    return holder[step]
