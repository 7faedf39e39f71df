"""Template: a parsed text, expression or config value, ready to be bound to whatever gives its names values."""

from collections.abc import Callable
from typing import Any

from stratagem.errors import UndefinedName
from stratagem.templates import syntax
from stratagem.templates.closures import evaluator
from stratagem.templates.link import Evaluate, Part, TemplateLink
from stratagem.templates.missing import Missing
from stratagem.templates.paths import Binder, Getter, TemplatePath
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
        link = TemplateLink(binder)
        part = _prepared(self.root, link)
        if link.problems:
            raise UndefinedName.together(link.problems, "Names that do not exist")
        if self.constant:
            _evaluated(part.call, None)
        return part.call if part.constant else self._guarded(part.call, link)

    def value(self) -> Any:
        """The value of a constant template; containers are new at each call.

        Raises:
            BadInput: it can't be computed.
            UndefinedName: it looks up what its own literals do not have.
            ValueError: the template is not constant.
        """
        if not self.constant:
            raise ValueError(f"the template reads {', '.join(map(str, self.paths))}: bind it first")
        return _evaluated(_prepared(self.root, TemplateLink(_no_names)).call, None)

    def _guarded(self, call: Evaluate, link: TemplateLink) -> Evaluate:
        root = self.root
        if isinstance(root, syntax.Reference):
            getter, steps, _ = link.bound(root)
            if getter and steps >= len(root.steps):
                return _one_getter(root, getter)
        return lambda scope: _evaluated(call, scope)


def _prepared(root: syntax.Syntax, link: TemplateLink) -> Part:
    try:
        return evaluator(root, link)
    except Missing as missing:  # a constant part looks up what it has not
        raise missing.error() from missing.__cause__


def _evaluated(call: Evaluate, scope: Any) -> Any:
    try:
        return call(scope)
    except Missing as missing:
        raise missing.error() from missing.__cause__


def _one_getter(root: syntax.Reference, get: Getter) -> Evaluate:
    def call(scope: Any) -> Any:
        try:
            return get(scope)
        except LookupError as error:
            raise Missing(root.source, root.path.text).error() from error

    return call


def _no_names(path: TemplatePath) -> tuple[Getter, int]:
    raise UndefinedName(f"{path.text!r} does not exist in a constant")
