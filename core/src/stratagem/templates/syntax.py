"""The syntax tree of templates. Every node knows its source and where in it it stands."""

from collections.abc import Callable
from typing import Any, Literal

from attrs import define

from stratagem.templates.paths import TemplatePath
from stratagem.templates.source_text import SourceText


@define(eq=False)
class Syntax:
    """A part of a template; ``height`` is 1 more than that of the highest part in it."""

    source: SourceText
    """The text that it stands in."""
    start: int
    """The position at which it begins there, from 0."""
    height: int


@define(eq=False)
class Constant(Syntax):
    """A value that is written out. Containers in it are never handed out themselves."""

    value: Any
    """The value."""


@define(eq=False)
class Given(Syntax):
    """The value of a function of the scope, in place of a part that was written: for resolvers that change one part."""

    call: Callable[[Any], Any]
    """The function."""


@define(eq=False)
class Reference(Syntax):
    """A ``root`` name and its static ``steps``."""

    root: str
    steps: tuple[str | int, ...] = ()
    optional: bool = False
    """True if it stands under ``| default(…)``."""

    @property
    def path(self) -> TemplatePath:
        """Return what it reads."""
        return TemplatePath(self.root, self.steps, self.optional)


@define(eq=False)
class Lookups(Syntax):
    """Look-ups into ``base``, one after the other; ``ends`` tells where in the text each one ends."""

    base: Syntax
    steps: tuple[Syntax, ...]
    """The keys and indexes, each computed."""
    ends: tuple[int, ...]


@define(eq=False)
class Text(Syntax):
    """Text with pieces: the texts of all ``parts``, joined."""

    parts: tuple[Syntax, ...]


@define(eq=False)
class ListOf(Syntax):
    """A list, or a tuple of a config."""

    items: tuple[Syntax, ...]
    """The entries."""
    as_tuple: bool = False
    """True if a tuple was written."""


@define(eq=False)
class DictOf(Syntax):
    """A dict; the keys of a config's dicts are literals."""

    keys: tuple[Syntax, ...]
    """The keys, in the order of the text."""
    values: tuple[Syntax, ...]
    """The values, in the order of the keys."""


@define(eq=False)
class Prefix(Syntax):
    """``-x`` or ``not x``."""

    sign: Literal["-", "not"]
    """The operator."""
    operand: Syntax
    """The part that it is applied to."""


@define(eq=False)
class Chain(Syntax):
    """Arithmetic of one precedence, from left to right; ``operands`` has one more than ``signs``."""

    signs: tuple[str, ...]
    operands: tuple[Syntax, ...]
    places: tuple[int, ...]
    """The position of each sign in the text."""


@define(eq=False)
class Comparison(Syntax):
    """One comparison."""

    sign: str
    """The operator."""
    left: Syntax
    """Its left operand."""
    right: Syntax
    """Its right operand."""


@define(eq=False)
class Logic(Syntax):
    """Two or more operands between ``and``, or between ``or``."""

    sign: Literal["and", "or"]
    """The operator."""
    operands: tuple[Syntax, ...]
    """The parts between the operators."""


@define(eq=False)
class Choice(Syntax):
    """``then if condition else otherwise``."""

    then: Syntax
    condition: Syntax
    otherwise: Syntax


@define(eq=False)
class Filtered(Syntax):
    """``base | name(arguments)``."""

    base: Syntax
    name: str
    arguments: tuple[Syntax, ...]


@define(eq=False)
class Default(Syntax):
    """``base | default(fallback)``."""

    base: Syntax
    fallback: Syntax
