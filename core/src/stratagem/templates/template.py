"""Template: a parsed text, expression or config value, ready to be bound to whatever gives its names values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stratagem.templates.paths import Binder, TemplatePath

if TYPE_CHECKING:
    from stratagem.templates.syntax import Syntax


class Template:
    """The result of `parse`, `parse_expression` and `parse_config`.

    ``paths`` are the static paths that it reads, without duplicates, in order of appearance. ``constant`` tells that
    it reads none.
    """

    __slots__ = ("_root", "_written", "constant", "paths")

    def __init__(self, written: object, root: Syntax | None, paths: tuple[TemplatePath, ...]) -> None:
        self._written = written
        self._root = root
        self.paths = paths
        self.constant = not paths

    @property
    def root(self) -> Syntax:
        """Return the syntax tree."""
        assert self._root is not None  # a subclass that leaves it out makes it here
        return self._root

    @property
    def text(self) -> str:
        """The template as it was written; of a config that is no text, its `repr`."""
        return self._written if isinstance(self._written, str) else repr(self._written)

    def __repr__(self) -> str:
        return f"Template({self._written!r})"

    def bind(self, binder: Binder) -> Callable[[Any], Any]:
        """A function that gives the template's value in a scope.

        ``binder`` is asked once for each path; its getters get the scope. The function raises UndefinedName where a
        value does not exist, and BadInput where an operation can't be done with the values that it meets.

        Raises:
            UndefinedName: for all names together that the binder does not know and no default stands in for.
            BadInput: a template that reads nothing can't be computed.
        """
        from stratagem.templates.binding import bound  # with what computes: most workflows need none

        return bound(self.root, binder, constant=self.constant)

    def value(self) -> Any:
        """The value of a constant template; containers are new at each call.

        Raises:
            BadInput: it can't be computed.
            UndefinedName: it looks up what its own literals do not have.
            ValueError: the template is not constant.
        """
        if not self.constant:
            raise ValueError(f"the template reads {', '.join(map(str, self.paths))}: bind it first")
        from stratagem.templates.binding import value_of

        return value_of(self.root)
