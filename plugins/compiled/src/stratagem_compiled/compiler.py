"""Compiler: the inputs of a step as one function."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stratagem import Inputs
from stratagem_compiled.reading import Reader
from stratagem_compiled.texts import GLOBALS
from stratagem_compiled.values import write_feed
from stratagem_compiled.writer import Make, Writer

if TYPE_CHECKING:
    from stratagem import Scope

SHAPES = 1000
"""The number of shapes of inputs that are kept compiled, each some kilobytes; workflows have a few dozen."""

MOST = 2000
"""Statements that one function may have: what is larger is left to the plain resolver."""


class Compiler:
    """Compiles inputs; what it has compiled for one shape serves all steps that have inputs of this shape."""

    def __init__(self) -> None:
        self._made = lru_cache(SHAPES)(_made)

    def function(self, inputs: Inputs) -> Callable[[Scope], dict[str, Any]]:
        """The function that gives what ``inputs`` give, and raises what they raise."""
        writer = Writer()
        _write(writer, inputs)
        if writer.size > MOST:
            return inputs
        return self._made(writer.source)(inputs, *writer.values)

    @property
    def shapes(self) -> int:
        """Return how many shapes are kept."""
        return self._made.cache_info().currsize


def _write(writer: Writer, inputs: Inputs) -> None:
    reader = Reader(writer)
    entries = [(writer.bind(name), writer.bind(value)) for name, value in inputs.constants.items()]
    maybe: list[str] = []
    for feed in inputs.feeds:
        name = writer.bind(feed.parameter)
        entries.append((name, write_feed(writer, reader, feed)))
        if feed.template is None:
            maybe.append(name)
    given = "{" + "".join([f"{name}: {value}, " for name, value in entries]) + "}"
    if not maybe:
        writer.say(f"return {given}")
        return
    values = writer.keep(given)
    for name in maybe:
        writer.say(f"if {values}[{name}] is NOT_GIVEN: del {values}[{name}]")
    writer.say(f"return {values}")


def _made(source: str) -> Make:
    names: dict[str, Any] = dict(GLOBALS)
    exec(compile(source, "<inputs of a step>", "exec"), names)
    make: Make = names["make"]
    return make
