"""TemplateLink: the state of one binding – which getters the paths got, and which names turned out to be unknown."""

from collections.abc import Callable
from typing import Any, NamedTuple

from stratagem.errors import UndefinedName
from stratagem.templates.missing import in_config
from stratagem.templates.paths import Binder, Getter
from stratagem.templates.syntax import Reference

Evaluate = Callable[[Any], Any]
"""Gives a value in a scope."""


class Part(NamedTuple):
    """A prepared part of a template: its function of a scope, and whether that always gives the same."""

    call: Evaluate
    """Gives its value in a scope."""
    constant: bool = False
    """True if that is the same in every scope."""


class Bound(NamedTuple):
    """The binder's answer for a path: a getter and the number of steps it takes care of, or why it knows no such."""

    getter: Getter | None
    """Reads the beginning of the path; None where the name is unknown."""
    steps: int = 0
    """The number of steps of the path that the getter takes care of."""
    unknown: UndefinedName | None = None
    """The error that tells of the unknown name."""


class TemplateLink:
    """Asks the binder once for each path and collects its ``problems``."""

    __slots__ = ("_binder", "_bound", "problems")

    def __init__(self, binder: Binder) -> None:
        self._binder = binder
        self._bound: dict[Any, Bound] = {}
        self.problems: list[UndefinedName] = []

    def bound(self, reference: Reference) -> Bound:
        """Return what the binder gives for the reference.

        An unknown name is a problem unless a default stands behind it.
        """
        path = reference.path
        bound = self._bound.get(path)
        if bound is None:
            bound = self._bound[path] = self._ask(reference)
        return bound

    def _ask(self, reference: Reference) -> Bound:
        try:
            return Bound(*self._binder(reference.path))
        except UndefinedName as error:
            if not reference.optional:
                self.problems.extend(in_config(problem, reference.source) for problem in error.problems)
            return Bound(None, unknown=error)
