"""Binding: a syntax tree becomes a function of a scope."""

from collections.abc import Callable
from typing import Any

from stratagem.errors import UndefinedName
from stratagem.templates import syntax
from stratagem.templates.closures import evaluator
from stratagem.templates.link import Evaluate, Part, TemplateLink
from stratagem.templates.missing import Missing
from stratagem.templates.paths import Binder, Getter, TemplatePath
from stratagem.templates.syntax import Syntax


def bound(root: Syntax, binder: Binder, *, constant: bool) -> Callable[[Any], Any]:
    """The function that `Template.bind` gives, which raises the same."""
    link = TemplateLink(binder)
    part = _prepared(root, link)
    if link.problems:
        raise UndefinedName.together(link.problems, "Names that do not exist")
    if constant:
        _evaluated(part.call, None)
    return part.call if part.constant else _guarded(root, part.call, link)


def value_of(root: Syntax) -> Any:
    """The value of a tree that reads nothing; raises BadInput, UndefinedName."""
    return _evaluated(_prepared(root, TemplateLink(_no_names)).call, None)


def _guarded(root: Syntax, call: Evaluate, link: TemplateLink) -> Evaluate:
    if isinstance(root, syntax.Reference):
        getter, steps, _ = link.bound(root)
        if getter and steps >= len(root.steps):
            return _one_getter(root, getter)
    return lambda scope: _evaluated(call, scope)


def _prepared(root: Syntax, link: TemplateLink) -> Part:
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
