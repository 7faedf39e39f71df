"""The ways in which list_map changes an item."""

from collections.abc import Callable, Mapping, Sized
from types import MappingProxyType
from typing import Any, Final, Literal

from stratagem import brief
from stratagem_std.arithmetic import bounded
from stratagem_std.as_text import as_text
from stratagem_std.secret_text import kept

Transform = Literal["get", "to_text", "to_int", "to_float", "upper", "lower", "trim", "length", "abs", "not"]


def transformed(transform: str, value: Any) -> Any:
    """``value``, changed.

    Raises:
        ValueError: it has no such form, as ``to_int`` of a word, or there is no such transform.
        TypeError: it is of the wrong type, as ``upper`` of a number.
    """
    change = _TRANSFORMS.get(transform)
    if change is None:
        raise ValueError(f"{transform!r} is no transform; there are {', '.join(_TRANSFORMS)}")
    return change(value)


def _text(change: Callable[[str], str]) -> Callable[[Any], str]:
    def apply(value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"expected a text, got a {type(value).__name__}")
        return kept(change(value), value)

    return apply


def _length(value: Any) -> int:
    if not isinstance(value, Sized):
        raise TypeError(f"{type(value).__name__} has no length")
    return len(value)


def _to_int(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"expected a whole number, got {brief(value)}")
    return int(value)


def _to_float(value: Any) -> float:
    return bounded(float(value))


_TRANSFORMS: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "get": lambda value: value,
        "to_text": as_text,
        "to_int": _to_int,
        "to_float": _to_float,
        "upper": _text(str.upper),
        "lower": _text(str.lower),
        "trim": _text(str.strip),
        "length": _length,
        "abs": abs,
        "not": lambda value: not value,
    }
)
