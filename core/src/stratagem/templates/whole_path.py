"""Whole paths: texts that are one ``{{ a.b.c }}`` and nothing else, which most templates are, read without the parser."""

from __future__ import annotations

import re
from collections.abc import Callable
from sys import intern
from typing import TYPE_CHECKING, Any, Final

from stratagem.errors import UndefinedName
from stratagem.templates.paths import Binder, Getter, TemplatePath
from stratagem.templates.reserved import RESERVED
from stratagem.templates.template import Template

if TYPE_CHECKING:
    from stratagem.templates.syntax import Syntax

# Far below what the parser refuses as too large; spaces stand only where everybody writes them.
_PATH: Final = re.compile(r"\{\{ *+(\$?[^\W\d]\w{0,200}+)((?:\.[^\W\d]\w{0,200}+){0,8}+) *+\}\}").fullmatch


def whole_path(text: str) -> Template | None:
    """Return the template of a text that is one path in braces; None for any other text, which the parser reads."""
    found = _PATH(text)
    if found is None or found[1] in RESERVED:
        return None
    steps = tuple(map(intern, found[2].split(".")[1:]))  # names of outputs are few, and stand in many texts
    return WholePath(text, None, (TemplatePath(found[1], steps),))


class WholePath(Template):
    """A template that is one path; its syntax tree is made when somebody asks for it."""

    __slots__ = ()

    @property
    def path(self) -> TemplatePath:
        """Return what it reads."""
        return self.paths[0]

    @property
    def root(self) -> Syntax:
        if self._root is None:
            from stratagem.templates.parser import Parser  # most workflows need none
            from stratagem.templates.source_text import SourceText

            self._root = Parser(SourceText(self.text)).text(0)
        return self._root

    def bind(self, binder: Binder) -> Callable[[Any], Any]:
        try:
            get, uses = binder(self.path)
        except UndefinedName as error:
            problem = error  # the name is bound to the block alone
            return super().bind(lambda path: _raise(problem))
        if uses < len(self.path.steps):
            return super().bind(lambda path: (get, uses))
        return self._getter(get)

    def _getter(self, get: Getter) -> Callable[[Any], Any]:
        def call(scope: Any) -> Any:
            try:
                return get(scope)
            except LookupError as error:
                raise _missing(self) from error

        return call


def _raise(error: UndefinedName) -> tuple[Getter, int]:
    raise error


def _missing(template: WholePath) -> UndefinedName:
    from stratagem.templates.missing import Missing
    from stratagem.templates.source_text import SourceText

    return Missing(SourceText(template.text), template.path.text).error()
