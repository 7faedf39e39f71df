"""From plain TOML data to settings classes, by their annotations, with all problems found at once."""

import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import attrs

from stratagem.config.duration import SECONDS
from stratagem.config.records import Record, keys_of
from stratagem.config.shapes import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    Anything,
    Choice,
    Either,
    Fixed,
    Leaf,
    ListOf,
    Seconds,
    Shape,
    TableOf,
    TextLike,
)
from stratagem.config.spot import Spot
from stratagem.errors import HookMisuse

T = TypeVar("T")

_PLAIN: dict[Any, Shape] = {str: TEXT, int: WHOLE, float: NUMBER, bool: FLAG, Any: Anything(), object: Anything()}


def convert(data: Any, cls: type[T], spot: Spot) -> T | None:
    """An instance of the attrs class ``cls`` from a TOML table; None if ``spot`` got problems.

    Keys are the class's field names; what may be given for each follows from its annotation: str, int, float, bool,
    `Duration`, Literal, Path, tuples, Mapping[str, …], other attrs classes, and unions of these. ``X | None`` allows
    the key to be left out, as TOML has no null.

    Raises:
        HookMisuse: the class is no attrs class, or an annotation is none of these.
    """
    before = len(spot.problems)
    found = record_of(cls).read(data, spot)
    return typing.cast(T, found) if len(spot.problems) == before else None


def record_of(cls: type) -> Record:
    """The shape of a settings class; raises HookMisuse as `convert`."""
    if not attrs.has(cls):
        raise HookMisuse(
            f"expected an attrs class for settings, got {cls.__qualname__}", hint="Decorate it with attrs.frozen."
        )
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise HookMisuse(
            f"an annotation of the settings class {cls.__qualname__} can't be resolved: {error}"
        ) from error
    fields = keys_of(cls)
    shapes = {key: shape_of(hints.get(a.name, Any), f"{cls.__qualname__}.{a.name}") for key, a in fields.items()}
    return Record(cls, fields, shapes)


def schema_of(cls: type, leaf: Leaf) -> dict[str, Any]:
    """The JSON Schema of a settings class, plain values as ``leaf`` has them; raises HookMisuse as `convert`."""
    return record_of(cls).schema(leaf)


def shape_of(annotation: Any, owner: str) -> Shape:
    """The shape that an annotation asks for; ``owner`` is the field, for the error message."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Seconds() if SECONDS in args[1:] else shape_of(args[0], owner)
    if origin is Literal:
        return Choice(args)
    if origin in (Union, types.UnionType):
        return _either([arg for arg in args if arg is not type(None)], owner)
    if origin is tuple and args:
        return _tuple(args, owner)
    if origin in (Mapping, dict) and args[:1] == (str,):
        return TableOf(shape_of(args[1], owner))
    return _class_shape(annotation, owner)


def _either(args: list[Any], owner: str) -> Shape:
    return shape_of(args[0], owner) if len(args) == 1 else Either(tuple(shape_of(arg, owner) for arg in args))


def _tuple(args: tuple[Any, ...], owner: str) -> Shape:
    if len(args) == 2 and args[1] is Ellipsis:
        return ListOf(shape_of(args[0], owner))
    return Fixed(tuple(shape_of(arg, owner) for arg in args))


def _class_shape(annotation: Any, owner: str) -> Shape:
    if isinstance(annotation, type) and attrs.has(annotation):
        return record_of(annotation)
    if annotation is Path or (isinstance(annotation, type) and issubclass(annotation, str)):
        return TextLike(annotation)
    raise HookMisuse(
        f"the setting {owner} is annotated {annotation!r}, which no config value can be read as",
        hint="Use str, int, float, bool, Duration, Literal, Path, tuple, Mapping[str, …] or another attrs class.",
    )
