"""The parser's part of `parsing`: imported for texts and configs that are neither written out nor one path."""

from collections.abc import Mapping, Sequence
from typing import Any

from stratagem.errors import BadInput, WorkflowError
from stratagem.templates import syntax
from stratagem.templates.caps import VALUE_DEPTH
from stratagem.templates.parser import Parser
from stratagem.templates.paths import TemplatePath, step_text
from stratagem.templates.secret import Secret
from stratagem.templates.source_text import SourceText
from stratagem.templates.syntax import Syntax
from stratagem.templates.template import Template


def read_text(text: str) -> Template:
    """The template of a text; raises as `parse`."""
    source = SourceText(text)
    position = text.find("{{")
    if position < 0:
        return Template(text, syntax.Constant(source, 0, 0, text), ())
    parser = Parser(source)
    return Template(text, parser.text(position), _distinct(parser.references))


def read_expression(text: str) -> Template:
    """The template of a condition; raises as `parse_expression`."""
    source = SourceText(text)
    parser = Parser(source)
    start = len(text) - len(text.lstrip())
    if not text.startswith("{{", start):
        return Template(text, parser.bare(), _distinct(parser.references))
    root, end = parser.piece(start)
    if text[end:].strip():
        raise source.problem("something follows the '}}' of a condition", end, "Put all of it into one {{ … }}.")
    return Template(text, root, _distinct(parser.references))


def read_config(value: object) -> Template:
    """The template of a config value; raises as `parse_config`."""
    reader = _ConfigReader()
    root = reader.read(value, "", VALUE_DEPTH)
    if reader.problems:
        kind = BadInput if all(isinstance(one, BadInput) for one in reader.problems) else WorkflowError
        raise kind.together(reader.problems, "Templates that can't be read")
    return Template(value, root, _distinct(reader.references))


def _distinct(references: Sequence[syntax.Reference]) -> tuple[TemplatePath, ...]:
    return tuple(dict.fromkeys([reference.path for reference in references]))


class _ConfigReader:
    """Reads a config value part by part; collects what it refers to, and the problems in it."""

    def __init__(self) -> None:
        self.references: list[syntax.Reference] = []
        self.problems: list[WorkflowError] = []

    def read(self, value: object, key: str, depth: int) -> Syntax:
        if isinstance(value, str) and not isinstance(value, Secret):
            return self._text(value, key)
        if not isinstance(value, (Mapping, list, tuple)):
            return _constant(value, key)
        if depth == 0:
            self.problems.append(BadInput(f"it is nested more than {VALUE_DEPTH} deep", key=key[:80] or None))
            return _constant(None, key)
        if isinstance(value, Mapping):
            return self._mapping(value, key, depth - 1)
        items = [self.read(item, f"{key}[{index}]", depth - 1) for index, item in enumerate(value)]
        return syntax.ListOf(_source(key), 0, 0, tuple(items), isinstance(value, tuple))

    def _mapping(self, value: Mapping[Any, Any], key: str, depth: int) -> Syntax:
        items = [self.read(item, _inner(key, name), depth) for name, item in value.items()]
        names = [_constant(name, key) for name in value]
        return syntax.DictOf(_source(key), 0, 0, tuple(names), tuple(items))

    def _text(self, text: str, key: str) -> Syntax:
        position = text.find("{{")
        if position < 0:
            return _constant(text, key)
        try:
            parser = Parser(SourceText(text, key or None))
            root = parser.text(position)
            if not parser.references:
                Template(text, root, ()).value()  # one that fails now will fail whenever it is read
        except WorkflowError as problem:
            self.problems.append(problem)
            return _constant(None, key)
        self.references += parser.references
        return root


def _source(key: str) -> SourceText:
    return SourceText("", key or None)


def _constant(value: Any, key: str) -> syntax.Constant:
    return syntax.Constant(_source(key), 0, 0, value)


def _inner(key: str, name: object) -> str:
    step = step_text(name) if isinstance(name, (str, int)) else f"[{name!r}]"
    return key + step if key else step.removeprefix(".")
