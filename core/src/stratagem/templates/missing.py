"""Missing: how an absent value is passed on inside of a template, until a default catches it."""

from collections.abc import Iterable, Mapping
from typing import Any

from stratagem._support.suggesting import nearest
from stratagem.errors import UndefinedName
from stratagem.templates.kinds import kind_of
from stratagem.templates.paths import TemplatePath, step_text
from stratagem.templates.secret import Secret
from stratagem.templates.source_text import SourceText


class Missing(Exception):  # noqa: N818 - caught within the templates, seen by nobody
    """A value that does not exist. Cheap to raise: the error's text is made only if no default catches it.

    Args:
        source: the text that reads it.
        written: the reference up to and with the step that failed, as text.
        holder: what the failed step looked into; None and no ``step`` if the root's getter failed.
        step: the key or index that it does not have.
        known: the error of a binder that knew before the run that there is no such name.
    """

    def __init__(
        self,
        source: SourceText,
        written: str,
        holder: Any = None,
        step: Any = None,
        known: UndefinedName | None = None,
    ) -> None:
        super().__init__(written)
        self.source = source
        self.written = written
        self.holder = holder
        self.step = step
        self.known = known

    def error(self) -> UndefinedName:
        """The error that a user sees."""
        if self.known:
            return in_config(self.known, self.source)
        return UndefinedName(self._what(), key=self.source.key, hint=self._hint())

    def _what(self) -> str:
        if self.step is None:
            return f"{self.written!r} does not exist in this run"
        if isinstance(self.holder, (list, tuple)) and isinstance(self.step, int):
            return f"{self.written!r} does not exist: the list has {len(self.holder)} entries"
        if isinstance(self.holder, (list, tuple, Mapping)):
            return f"{self.written!r} does not exist"
        return f"{self.written!r} does not exist: nothing can be looked up in a value of kind {kind_of(self.holder)}"

    def _hint(self) -> str | None:
        if not isinstance(self.holder, Mapping) or not isinstance(self.step, str) or isinstance(self.step, Secret):
            return None
        return nearest(self.step, _names(self.holder))


def in_config(error: UndefinedName, source: SourceText) -> UndefinedName:
    """A binder's error, with the place in the config that reads the name."""
    return UndefinedName(
        error.what,
        file=error.file,
        line=error.line,
        node=error.node,
        key=error.key or source.key,
        provider=error.provider,
        hint=error.unread_hint,
    )


def reference_text(path: TemplatePath, steps: int) -> str:
    """The path up to and with so many of its steps."""
    return path.root + "".join(map(step_text, path.steps[:steps]))


def _names(keys: Iterable[Any]) -> list[str]:
    return [key for key in keys if isinstance(key, str) and not isinstance(key, Secret)]
