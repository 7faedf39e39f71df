"""Expressions of the dialect: ``{{x}} > 5``, ``s == 'bob'``, with ``and``, ``or``, ``not`` and arithmetic."""

import re
from collections.abc import Mapping
from typing import Any

from stratagem import Binder, Template, TemplatePath, WorkflowError, parse_expression
from stratagem_casare.references import MISSING, Read, Reference, split
from stratagem_casare.template import LenientTemplate, Narrow

# The dialect's literals are Python's: true is a name that nothing has, and makes the expression unreadable.
_NO_LITERALS = frozenset(("true", "false", "null"))
_TOKENS = re.compile(r"'[^'\\]*+(?:\\.[^'\\]*+)*+'|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"|[^\W\d]\w*+", re.DOTALL)


class LenientExpression:
    """A condition in a config, in the form that the kernel takes in place of a template of its own.

    A text that is one reference gives its value. Any other is read as an expression in which references stand for
    values, and inside quotes for texts; where it can't be read or computed, it gives what it would as a text if
    ``or_text``, else None.
    """

    def __init__(self, text: str, narrow: Narrow = lambda reference: reference, *, or_text: bool = True) -> None:
        self.text = text
        self.constant = False
        self._plain = LenientTemplate(text, narrow)
        self._or_text = or_text
        self._parts: dict[str, LenientTemplate] = {}
        self._whole = len(pieces := list(split(text))) == 1 and isinstance(pieces[0], Reference)
        self._template = None if self._whole else self._parsed(narrow)
        own = [path for path in self._template.paths if path.root not in self._parts] if self._template else []
        self.paths: tuple[TemplatePath, ...] = tuple(
            dict.fromkeys([*self._plain.paths, *(TemplatePath(path.root, path.steps, optional=True) for path in own)])
        )

    def __repr__(self) -> str:
        return f"LenientExpression({self.text!r})"

    @property
    def readable(self) -> bool:
        """Return whether it is one reference, or can be computed."""
        return self._whole or self._template is not None

    def value(self) -> Any:
        """Its value where nothing is to be read: what `bind` gives in an empty scope."""
        return self.bind(_nothing)(None)

    def bind(self, binder: Binder) -> Read:
        """The function that gives the value in a scope; never raises."""
        plain = self._plain.bind(binder)
        if self._whole:
            return plain
        fallback = plain if self._or_text else lambda scope: None
        compute = self._computed(binder)
        if compute is None:
            return fallback

        def read(scope: Any) -> Any:
            try:
                return compute(scope)
            except WorkflowError:
                return fallback(scope)

        return read

    def _parsed(self, narrow: Narrow) -> Template | None:
        name = "reference"
        while name in self.text:
            name += "_"
        text = self._with_names(name, narrow)
        if not _NO_LITERALS.isdisjoint(_TOKENS.findall(text)):
            return None
        try:
            return parse_expression(text)
        except WorkflowError:
            return None

    def _with_names(self, name: str, narrow: Narrow) -> str:
        """The text with a name for each reference, and for each quoted text that has references in it."""

        def named(value: str) -> str:
            own = f"{name}{len(self._parts)}_"
            self._parts[own] = LenientTemplate(value, narrow)
            return own

        quoted = re.sub(
            _TOKENS, lambda match: _quoted(match[0], named) if match[0][0] in "'\"" else match[0], self.text
        )
        return "".join(piece if isinstance(piece, str) else named(piece.text) for piece in split(quoted))

    def _computed(self, binder: Binder) -> Read | None:
        if self._template is None:
            return None
        parts: Mapping[str, Read] = {name: part.bind(binder) for name, part in self._parts.items()}

        def bind(path: TemplatePath) -> tuple[Read, int]:
            return (parts[path.root], 0) if path.root in parts else binder(path)

        try:
            return self._template.bind(bind)
        except WorkflowError:
            return None


def _quoted(text: str, named: Any) -> str:
    inner = text[1:-1]
    return named(inner) if any(isinstance(piece, Reference) for piece in split(inner)) else text


def _nothing(path: TemplatePath) -> tuple[Read, int]:
    return lambda scope: MISSING, len(path.steps)
