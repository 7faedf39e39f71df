"""Paths: what a template reads, as far as it is known before anything runs."""

from collections.abc import Callable
from typing import Any, NamedTuple

Getter = Callable[[Any], Any]
"""Gives a value of a scope; raises LookupError where the value does not exist in this run."""


class TemplatePath(NamedTuple):
    """The static part of a reference: ``a.b[0]['k']`` is ``root`` ``a`` with the ``steps`` ``("b", 0, "k")``.

    A subscript that must be computed ends it; what such a subscript reads has paths of its own. ``optional`` tells
    that the reference stands under ``| default(…)``.
    """

    root: str
    steps: tuple[str | int, ...] = ()
    optional: bool = False

    @property
    def text(self) -> str:
        """The path as it would be written."""
        return self.root + "".join(map(step_text, self.steps))

    def __str__(self) -> str:
        return self.text


Binder = Callable[[TemplatePath], tuple[Getter, int]]
"""Gives a getter for the root and the first n steps of a path, and n. Raises UndefinedName for an unknown path."""


def by_name(path: TemplatePath) -> tuple[Getter, int]:
    """The plainest binder: the scope is a mapping from root names to values."""
    root = path.root
    return lambda scope: scope[root], 0


def step_text(step: str | int) -> str:
    """The step as it would be written behind a path."""
    return f".{step}" if isinstance(step, str) and step.isidentifier() else f"[{step!r}]"
