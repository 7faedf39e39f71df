"""Record: the shape of a table with known keys, read into an attrs class."""

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
from attrs import frozen

from stratagem._support.suggesting import suggestion
from stratagem.config.shapes import Leaf, Shape, json_default
from stratagem.config.spot import Spot
from stratagem.errors import BadValue


def keys_of(cls: type) -> "dict[str, attrs.Attribute[Any]]":
    """The fields of an attrs class that a table may give, by key."""
    fields = (a for a in attrs.fields(cls) if a.init and a.metadata.get("stratagem.written", True))
    return {str(a.alias): a for a in fields}


@frozen
class Record(Shape):
    """A table for the attrs class ``cls``; ``fields`` and ``shapes`` are by key."""

    cls: type
    fields: "Mapping[str, attrs.Attribute[Any]]"
    shapes: Mapping[str, Shape]
    words: ClassVar[str] = "a table"

    def read(self, value: Any, spot: Spot) -> Any:
        """An instance of the class, or None where something was reported."""
        if not isinstance(value, Mapping):
            return spot.must_be(self.words, value)
        before = len(spot.problems)
        self._refuse_unknown(value, spot)
        given = {key: shape.read(value[key], spot.child(key)) for key, shape in self.shapes.items() if key in value}
        self._refuse_missing(value, spot)
        return self._made(given, spot) if len(spot.problems) == before else None

    def schema(self, leaf: Leaf) -> dict[str, Any]:
        properties = {key: self._property(key, shape, leaf) for key, shape in self.shapes.items()}
        found: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
        if required := [key for key, a in self.fields.items() if a.default is attrs.NOTHING]:
            found["required"] = required
        own = vars(self.cls).get("__doc__")
        return {"description": inspect.cleandoc(own), **found} if own else found

    def _property(self, key: str, shape: Shape, leaf: Leaf) -> dict[str, Any]:
        default = self.fields[key].default
        if default is attrs.NOTHING or default is None or isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # attrs types Factory as what it makes
            return shape.schema(leaf)
        return {**shape.schema(leaf), "default": json_default(default)}

    def _refuse_unknown(self, value: Mapping[str, Any], spot: Spot) -> None:
        for key in value.keys() - self.shapes.keys():
            otherwise = "Known here: {}." if self.shapes else "It has no settings."
            spot.child(key).unknown(suggestion(key, self.shapes, otherwise))

    def _refuse_missing(self, value: Mapping[str, Any], spot: Spot) -> None:
        for key, a in self.fields.items():
            if a.default is attrs.NOTHING and key not in value:
                spot.child(key).report(BadValue, f"is required: {self.shapes[key].words}")

    def _made(self, given: dict[str, Any], spot: Spot) -> Any:
        """The instance; each value that a validator refuses is reported, then left out to find the next."""
        while True:
            try:
                return self.cls(**given)
            except (ValueError, TypeError) as error:
                key, what = self._blamed(error)
                (spot.child(key) if key else spot).report(BadValue, what)
                if key not in given or self.fields[key].default is attrs.NOTHING:
                    return None
                del given[key]

    def _blamed(self, error: Exception) -> tuple[str, str]:
        """The key that a validator's message starts with (as those of attrs do), and the rest of the message."""
        text = str(error.args[0]) if error.args else repr(error)
        for key, a in self.fields.items():
            if text.startswith(f"'{a.name}' "):
                return key, text.removeprefix(f"'{a.name}' ")
        return "", text
