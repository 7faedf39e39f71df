"""Configs that are written out: without any template in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stratagem.templates.fresh import constant_getter, fresh
from stratagem.templates.paths import Binder
from stratagem.templates.template import Template

if TYPE_CHECKING:
    from stratagem.templates.syntax import Syntax


class WrittenOut(Template):
    """A constant as a template: containers in it are new at each call, and nobody changes another's."""

    __slots__ = ("_get", "_value")

    def __init__(self, value: object) -> None:
        super().__init__(value, None, ())
        self._value = fresh(value)
        self._get = constant_getter(self._value)

    @property
    def root(self) -> Syntax:
        if self._root is None:
            from stratagem.templates import syntax  # most workflows need none
            from stratagem.templates.source_text import SourceText

            self._root = syntax.Constant(SourceText(""), 0, 0, self._value)
        return self._root

    def bind(self, binder: Binder) -> Callable[[Any], Any]:
        return self._get

    def value(self) -> Any:
        return self._get(None)
