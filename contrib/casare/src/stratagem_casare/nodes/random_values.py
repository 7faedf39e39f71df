"""Random values: the same in every run of a flow that has a seed."""

import string
import uuid
from typing import Any

import attrs

from stratagem import Context, Example, brief
from stratagem_casare import coerce
from stratagem_casare.nodes.lenient import data_node
from stratagem_std import random_values as std_random


@attrs.frozen
class Choice:
    """The value drawn, and its place in the list; -1 for several."""

    result: Any
    index: int


@data_node(
    "RandomNumberNode",
    effect="read",
    runs="loop",
    examples=(Example({"min_value": 2, "max_value": 2}, gives={"result": 2.0}),),
)
def random_number(context: Context, min_value: Any = None, max_value: Any = None, integer_only: Any = False) -> float:
    """A number from ``min_value`` (0) to ``max_value`` (100), whole with ``integer_only``; swapped ends will do."""
    low, high = sorted((coerce.number(min_value, 0.0), coerce.number(max_value, 100.0)))
    if coerce.truth(integer_only):
        return std_random.random_integer(int(low), int(high), context)
    return std_random.random_number(context, low, high)


@data_node(
    "RandomChoiceNode",
    effect="read",
    runs="loop",
    examples=(Example({"items": ["a"]}, gives={"result": "a", "index": 0}),),
)
def random_choice(context: Context, items: Any = None, count: Any = 1, allow_duplicates: Any = False) -> Choice:
    """One item of a list, or a list of ``count`` of them, as many as there are unless ``allow_duplicates``."""
    listed, wanted, again = coerce.items(items), coerce.whole(count, 1), coerce.truth(allow_duplicates)
    if not listed:
        raise ValueError("the list to choose from is empty or missing")
    if wanted == 1:
        index = std_random.random_integer(0, len(listed) - 1, context)
        return Choice(listed[index], index)
    drawn = std_random.random_sample(listed, wanted if again else min(wanted, len(listed)), context, again)
    return Choice(drawn, -1)


@data_node(
    "RandomStringNode",
    effect="read",
    runs="loop",
    examples=(Example({"length": 2, "custom_chars": "x"}, gives={"result": "xx"}),),
)
def random_string(
    context: Context,
    length: Any = 8,
    include_uppercase: Any = True,
    include_lowercase: Any = True,
    include_digits: Any = True,
    include_special: Any = False,
    custom_chars: Any = "",
) -> str:
    """A text of ``length`` characters, of the kinds that are included, or of ``custom_chars``."""
    kinds = (
        (include_uppercase, string.ascii_uppercase),
        (include_lowercase, string.ascii_lowercase),
        (include_digits, string.digits),
        (include_special, string.punctuation),
    )
    characters = coerce.text(custom_chars) or "".join(letters for wanted, letters in kinds if coerce.truth(wanted))
    return std_random.random_string(context, coerce.whole(length, 8) or 8, characters=characters)


@data_node("RandomUUIDNode", effect="read", runs="loop", examples=(Example({"format": "hex"}),))
def random_uuid(context: Context, version: Any = 4, format: Any = "standard") -> str:
    """A UUID of version 4, drawn, or 1, of time and machine; as ``standard``, ``hex`` or ``urn``."""
    if coerce.whole(version, 4) not in (1, 4):
        raise ValueError(f"there is no version {brief(version)} here; there are 1 and 4")
    found = uuid.uuid1() if coerce.whole(version, 4) == 1 else uuid.UUID(std_random.random_uuid(context))
    return {"hex": found.hex, "urn": found.urn}.get(coerce.text(format), str(found))
