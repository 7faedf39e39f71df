"""References of the dialect in texts: ``{{path}}``, ``${path}``, ``%path%``."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import define, field

from stratagem import Binder, TemplatePath, UndefinedName

MISSING: Final[Any] = type("MISSING", (), {"__repr__": lambda self: "MISSING"})()
"""Given by a reference that reads what does not exist in this run."""

_PATH = r"\$?[^\W\d]\w*+(?:\.[^\W\d]\w*+|\[\d{1,9}\])*+"
_REFERENCE = re.compile(rf"\{{\{{\s*+({_PATH})\s*+(\|\s*+length\s*+)?\}}\}}|\$\{{({_PATH})\}}|%({_PATH})%")
_STEP = re.compile(r"\.?(\$?[^\W\d]\w*)|\[(\d+)\]")

Read = Callable[[Any], Any]
"""Gives the value in a scope, or MISSING."""


@define(frozen=True)
class Reference:
    """One reference: the text as written, its path, and whether the length of the value is asked for.

    ``nameable`` tells that a variable may be named exactly like the whole path; such a variable wins. ``direct`` tells
    that the path may be descended from its root; ``kept`` is the variable that keeps the last outputs of the node that
    the root names, which are read where the node has none in this pass.
    """

    text: str
    full: str
    steps: tuple[str | int, ...] = field(repr=False)
    length: bool = False
    nameable: bool = True
    direct: bool = True
    kept: str | None = None

    @property
    def root(self) -> str:
        """The path's first name: a variable's, a node's or a system value's."""
        return str(self.steps[0])

    @property
    def paths(self) -> tuple[TemplatePath, ...]:
        """Return what it may read, the first that exists first; all optional, so that none has to exist."""
        named = self.nameable and bool(self.steps[1:])
        return (
            *([TemplatePath(self.full, (), optional=True)] if named else []),
            *([TemplatePath(self.root, self.steps[1:], optional=True)] if self.direct else []),
            *([TemplatePath(self.kept, (), optional=True)] if self.kept is not None else []),
        )

    def bind(self, binder: Binder) -> Read:
        """The function that reads it."""
        more = {self.kept: self.steps[1:]} if self.kept is not None else {}
        found = (_reader(path, binder, () if path.steps else more.get(path.root, ())) for path in self.paths)
        readers = [reader for reader in found if reader is not None]
        read = readers[0] if len(readers) == 1 else _first(readers)
        return _length(read) if self.length else read


def split(text: str) -> Iterator[str | Reference]:
    """The pieces of a text: references, and what stands between them."""
    end = 0
    for match in _REFERENCE.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        full = match[1] or match[3] or match[4]
        steps = tuple(int(index) if index else name for name, index in _STEP.findall(full))
        yield Reference(match[0], full, steps, length=match[2] is not None)
        end = match.end()
    if end < len(text):
        yield text[end:]


def is_path(name: str) -> bool:
    """Return whether a reference can name a variable or node that is called so."""
    return re.fullmatch(_PATH, name) is not None


def _reader(path: TemplatePath, binder: Binder, more: tuple[str | int, ...]) -> Read | None:
    try:
        getter, used = binder(path)
    except UndefinedName:
        return None
    rest = path.steps[used:] + more

    def read(scope: Any) -> Any:
        try:
            return getter(scope)
        except LookupError:
            return MISSING

    def read_inside(scope: Any) -> Any:
        try:
            value = getter(scope)
            for step in rest:
                value = _descend(value, step)
        except LookupError:
            return MISSING
        return value

    return read_inside if rest else read


def _descend(value: Any, step: str | int) -> Any:
    if isinstance(step, int) and not isinstance(value, (list, tuple, dict)):
        raise LookupError(step)
    if isinstance(step, str) and not isinstance(value, dict):
        raise LookupError(step)
    return value[step]


def _first(readers: list[Read]) -> Read:
    def read(scope: Any) -> Any:
        for reader in readers:
            value = reader(scope)
            if value is not MISSING:
                return value
        return MISSING

    return read


def _length(read: Read) -> Read:
    def length(scope: Any) -> Any:
        value = read(scope)
        return len(value) if isinstance(value, (str, list, tuple, dict)) else MISSING

    return length
