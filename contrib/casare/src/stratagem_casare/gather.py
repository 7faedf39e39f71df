"""Templates that nobody has written: what nodes hand on to the nodes that the structure has made of them.

Each is in the form that the kernel takes in place of a template of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stratagem import Binder, TemplatePath, UndefinedName
from stratagem_casare.references import MISSING, Read

Tree = Mapping[str, "TemplatePath | Tree"]


class Gathered:
    """A table of values by name, or of such tables; names whose value does not exist in a run are left out."""

    constant = False

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.paths: tuple[TemplatePath, ...] = tuple(dict.fromkeys(_paths(tree)))
        self.text = repr(self)

    def __repr__(self) -> str:
        return f"Gathered({', '.join(path.text for path in self.paths)})"

    def bind(self, binder: Binder) -> Read:
        """The function that gives the table in a scope."""
        return _bound_tree(self._tree, binder)


class FirstThere:
    """The first of some values that exists in a run, each a path or a table of paths; ``otherwise`` if none does."""

    constant = False

    def __init__(self, choices: Sequence[TemplatePath | Tree], otherwise: Any = None) -> None:
        self._choices = choices
        self._otherwise = otherwise
        found = (
            path for choice in choices for path in ([choice] if isinstance(choice, TemplatePath) else _paths(choice))
        )
        self.paths: tuple[TemplatePath, ...] = tuple(dict.fromkeys(found))
        self.text = repr(self)

    def __repr__(self) -> str:
        return f"FirstThere({', '.join(path.text for path in self.paths)})"

    def bind(self, binder: Binder) -> Read:
        """The function that gives the value in a scope."""
        reads = [
            _bound(each, binder) if isinstance(each, TemplatePath) else _or_missing(each, binder)
            for each in self._choices
        ]

        def first(scope: Any) -> Any:
            for read in reads:
                value = read(scope)
                if value is not MISSING:
                    return value
            return self._otherwise

        return first


def port(node: str, name: str) -> TemplatePath:
    """Return what an output of a node gives, if it has run."""
    return TemplatePath(node, (name,), optional=True)


def _paths(tree: Tree) -> Iterator[TemplatePath]:
    for value in tree.values():
        if isinstance(value, TemplatePath):
            yield value
        else:
            yield from _paths(value)


def _bound(path: TemplatePath, binder: Binder) -> Read:
    try:
        get, used = binder(path)
    except UndefinedName:
        return lambda scope: MISSING
    rest = path.steps[used:]

    def read(scope: Any) -> Any:
        try:
            value = get(scope)
            for step in rest:
                value = value[step]
        except (LookupError, TypeError):
            return MISSING
        return value

    return read


def _bound_tree(tree: Tree, binder: Binder) -> Read:
    reads = [
        (name, _bound(value, binder) if isinstance(value, TemplatePath) else _bound_tree(value, binder))
        for name, value in tree.items()
    ]

    def table(scope: Any) -> dict[str, Any]:
        found = ((name, read(scope)) for name, read in reads)
        return {name: value for name, value in found if value is not MISSING}

    return table


def _or_missing(tree: Tree, binder: Binder) -> Read:
    read = _bound_tree(tree, binder)
    return lambda scope: read(scope) or MISSING
