"""Trees: parts of templates, found and replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve, fields

from stratagem import syntax

PLACE = frozenset(("source", "start", "height", "places", "ends"))
"""Fields that tell where a part stands, not what it is."""


def children(node: syntax.Syntax) -> Iterator[syntax.Syntax]:
    """The parts that a part is made of."""
    for name in _names(node):
        value = getattr(node, name)
        if isinstance(value, syntax.Syntax):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, syntax.Syntax))


def parts(node: syntax.Syntax) -> Iterator[syntax.Syntax]:
    """A part and all that is in it."""
    yield node
    for child in children(node):
        yield from parts(child)


def replaced(node: syntax.Syntax, change: Callable[[syntax.Syntax], syntax.Syntax]) -> syntax.Syntax:
    """The tree with every part as ``change`` has it; what it replaces is not looked into."""
    changed = change(node)
    if changed is not node:
        return changed
    fresh: dict[str, Any] = {}
    for name in _names(node):
        value = getattr(node, name)
        if isinstance(value, syntax.Syntax):
            new: Any = replaced(value, change)
        elif isinstance(value, tuple) and value and isinstance(value[0], syntax.Syntax):
            new = tuple([replaced(item, change) for item in value])
            new = value if all(map(_same, new, value)) else new
        else:
            continue
        if new is not value:
            fresh[name] = new
    return evolve(node, **fresh) if fresh else node


def form(node: syntax.Syntax, name_of: Callable[[syntax.Syntax], Any]) -> Any:
    """Return what a part is, wherever it stands.

    Equal ones compute the same. ``name_of`` names parts, None the usual way.
    """
    named = name_of(node)
    if named is not None:
        return named
    if isinstance(node, syntax.Constant):
        return type(node.value), repr(node.value)
    return type(node), tuple([_form(getattr(node, name), name_of) for name in _names(node)])


def _form(value: Any, name_of: Callable[[syntax.Syntax], Any]) -> Any:
    if isinstance(value, syntax.Syntax):
        return form(value, name_of)
    return tuple([_form(item, name_of) for item in value]) if isinstance(value, tuple) else value


def _same(one: object, other: object) -> bool:
    return one is other


def _names(node: syntax.Syntax) -> list[str]:
    return [attribute.name for attribute in fields(type(node)) if attribute.name not in PLACE]
