"""Random values: repeatable where the workflow has a seed, and never fit for passwords or keys."""

import string
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from stratagem import Context, Example, brief
from stratagem_std.caps import MAX_DRAWN
from stratagem_std.registry import pack

Alphabet = Literal["letters_digits", "letters", "lower", "upper", "digits", "hex"]

_ALPHABETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "letters_digits": string.ascii_letters + string.digits,
        "letters": string.ascii_letters,
        "lower": string.ascii_lowercase,
        "upper": string.ascii_uppercase,
        "digits": string.digits,
        "hex": string.digits + "abcdef",
    }
)


@pack.node(effect="read", runs="loop", examples=(Example({"minimum": 1, "maximum": 6}),))
def random_integer(minimum: int, maximum: int, context: Context) -> int:
    """Draws a whole number from ``minimum`` to ``maximum``, both included."""
    _want_range(minimum, maximum)
    return context.random.randint(minimum, maximum)


@pack.node(effect="read", runs="loop", examples=(Example({"maximum": 0.5}),))
def random_number(context: Context, minimum: float = 0.0, maximum: float = 1.0) -> float:
    """Draws a number from ``minimum`` to ``maximum``."""
    _want_range(minimum, maximum)
    try:
        return context.random.uniform(minimum, maximum)
    except OverflowError:
        raise ValueError(f"a number from {brief(minimum)} to {brief(maximum)} can't be drawn") from None


@pack.node(effect="read", runs="loop", examples=(Example({"items": ["red", "green"]}),))
def random_choice(items: list[Any], context: Context) -> Any:
    """Draws one item of a list; raises ValueError for an empty one."""
    if not items:
        raise ValueError("there is nothing to choose from")
    return context.random.choice(items)


@pack.node(effect="read", runs="loop", examples=(Example({"items": [1, 2, 3]}),))
def random_shuffle(items: list[Any], context: Context) -> list[Any]:
    """Gives the items of a list in random order."""
    return context.random.sample(items, len(items))


@pack.node(effect="read", runs="loop", examples=(Example({"items": [1, 2, 3], "count": 2}),))
def random_sample(items: list[Any], count: int, context: Context, repeats: bool = False) -> list[Any]:
    """Draws several items of a list; only with ``repeats`` the same place may be drawn again.

    Raises ValueError if there are too few.
    """
    if count < 0 or (count > len(items) and not (repeats and items)):
        raise ValueError(f"{brief(count)} items can't be drawn from {len(items)}")
    if count > MAX_DRAWN:
        raise ValueError(f"expected at most {MAX_DRAWN} for count, got {brief(count)}")
    return context.random.choices(items, k=count) if repeats else context.random.sample(items, count)


@pack.node(
    effect="read",
    runs="loop",
    examples=(Example({"length": 8}), Example({"length": 3, "characters": "x"}, {"result": "xxx"})),
)
def random_string(
    context: Context, length: int = 16, alphabet: Alphabet = "letters_digits", characters: str = ""
) -> str:
    """Draws text of a length, from an alphabet, or from ``characters`` if they are given."""
    if not 0 <= length <= MAX_DRAWN:
        raise ValueError(f"expected from 0 to {MAX_DRAWN} for length, got {brief(length)}")
    return "".join(context.random.choices(characters or _ALPHABETS[alphabet], k=length))


@pack.node(effect="read", runs="loop", examples=(Example(),))
def random_uuid(context: Context) -> str:
    """Draws a UUID (version 4)."""
    return str(uuid.UUID(int=context.random.getrandbits(128), version=4))


def _want_range(minimum: float, maximum: float) -> None:
    if minimum > maximum:
        raise ValueError(f"minimum {brief(minimum)} is above maximum {brief(maximum)}")
