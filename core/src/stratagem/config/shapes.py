"""Shapes: what an annotation of a settings class allows in TOML – how to read it, say it, and describe it."""

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from attrs import frozen

from stratagem._support.suggesting import nearest
from stratagem.config.duration import seconds
from stratagem.config.environment import is_secret, number_in, revealed
from stratagem.config.spot import Spot

Leaf = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the JSON Schema of a plain value into that of a value which may be given in other ways too."""


class Shape(ABC):
    """The form that a value may have."""

    @property
    @abstractmethod
    def words(self) -> str:
        """Completes the sentence "must be …"."""

    @abstractmethod
    def read(self, value: Any, spot: Spot) -> Any:
        """The value as the annotation wants it; what is wrong with it is reported to ``spot``."""

    @abstractmethod
    def schema(self, leaf: Leaf) -> dict[str, Any]:
        """Its JSON Schema."""


@frozen
class Anything(Shape):
    words: ClassVar[str] = "anything"

    def read(self, value: Any, spot: Spot) -> Any:
        return value

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        return {}


@frozen
class Plain(Shape):
    """Text, a number, a truth value: of the type ``kind`` and nothing else, but a whole number serves as a number."""

    kind: type
    words: str
    json: str

    def read(self, value: Any, spot: Spot) -> Any:
        if self.kind is not str and is_secret(value):
            value = number_in(value)
        if self.kind is float and type(value) is int and abs(value) <= sys.float_info.max:
            return float(value)
        if not isinstance(value, self.kind) or (self.kind is not bool and isinstance(value, bool)):
            return spot.must_be(self.words, value)
        return value

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        return leaf({"type": self.json})


@frozen
class TextLike(Shape):
    """Text that is handed on as another type, such as a path or a secret."""

    kind: Callable[[str], Any]
    words: ClassVar[str] = "a text"

    def read(self, value: Any, spot: Spot) -> Any:
        if isinstance(value, Path):
            return self.kind(str(value))
        if isinstance(value, str) and self.kind is Path and "\0" in value:
            return spot.must_be("a path", value)
        return self.kind(revealed(value)) if isinstance(value, str) else spot.must_be(self.words, value)

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        return leaf({"type": "string"})


@frozen
class Seconds(Shape):
    words: ClassVar[str] = 'a duration such as "250ms", "60s", "5m", "1h", or a number of seconds'

    def read(self, value: Any, spot: Spot) -> Any:
        plain = number_in(value) if is_secret(value) else value
        try:
            return seconds(plain)
        except ValueError:
            return spot.must_be(self.words, value)

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        text = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(ms|s|m|h|d)$"}
        return leaf({"anyOf": [{"type": "number", "minimum": 0}, text]})


@frozen
class Choice(Shape):
    options: tuple[Any, ...]

    @property
    def words(self) -> str:
        return "one of " + ", ".join(
            f'"{option}"' if isinstance(option, str) else str(option) for option in self.options
        )

    def read(self, value: Any, spot: Spot) -> Any:
        value = revealed(value) if is_secret(value) else value
        if any(type(value) is type(option) and value == option for option in self.options):
            return value
        hint = nearest(value, [str(option) for option in self.options]) if isinstance(value, str) else None
        return spot.must_be(self.words, value, hint)

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        return leaf({"enum": list(self.options)})


@frozen
class ListOf(Shape):
    item: Shape

    @property
    def words(self) -> str:
        return f"a list, each item {self.item.words}"

    def read(self, value: Any, spot: Spot) -> Any:
        if not isinstance(value, (list, tuple)):
            return spot.must_be(self.words, value)
        return tuple(self.item.read(item, spot.child(str(index))) for index, item in enumerate(value))

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(leaf)}


@frozen
class Fixed(Shape):
    """A list of a fixed length, with a shape for each place."""

    items: tuple[Shape, ...]

    @property
    def words(self) -> str:
        return f"a list of {len(self.items)} items"

    def read(self, value: Any, spot: Spot) -> Any:
        if not isinstance(value, (list, tuple)) or len(value) != len(self.items):
            return spot.must_be(self.words, value)
        pairs = enumerate(zip(self.items, value, strict=True))
        return tuple(shape.read(item, spot.child(str(index))) for index, (shape, item) in pairs)

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        length = len(self.items)
        prefix = [shape.schema(leaf) for shape in self.items]
        return {"type": "array", "prefixItems": prefix, "minItems": length, "maxItems": length}


@frozen
class TableOf(Shape):
    item: Shape
    words: ClassVar[str] = "a table"

    def read(self, value: Any, spot: Spot) -> Any:
        if not isinstance(value, Mapping):
            return spot.must_be(self.words, value)
        return {key: self.item.read(item, spot.child(key)) for key, item in value.items()}

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.item.schema(leaf)}


@frozen
class Either(Shape):
    """The first of several shapes that the value has."""

    shapes: tuple[Shape, ...]

    @property
    def words(self) -> str:
        return ", or ".join(shape.words for shape in self.shapes)

    def read(self, value: Any, spot: Spot) -> Any:
        for shape in self.shapes:
            trial = spot.trial()
            found = shape.read(value, trial)
            if not trial.problems:
                return found
        return spot.must_be(self.words, value)

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        return {"anyOf": [shape.schema(leaf) for shape in self.shapes]}


TEXT = Plain(str, "a text", "string")
WHOLE = Plain(int, "a whole number", "integer")
NUMBER = Plain(float, "a number", "number")
FLAG = Plain(bool, "true or false", "boolean")


def json_default(value: Any) -> Any:
    """A default as JSON can hold it; durations and numbers without end have no JSON form and are told as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, tuple):
        return [json_default(item) for item in value]
    if isinstance(value, Mapping):
        return {key: json_default(item) for key, item in value.items()}
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
