"""Positions in a text, and the errors that say so."""

from typing import Final

from attrs import define

from stratagem._support.suggesting import Hint
from stratagem.errors import BadInput

_EXCERPT: Final = 60


@define(eq=False)
class SourceText:
    """A text that holds a template; ``key`` is its path in the config it is part of, ``headers.accept``."""

    text: str
    """The whole text."""
    key: str | None = None

    def problem(self, what: str, position: int, hint: str | Hint | None = None) -> BadInput:
        """``what``, said with the text and the line and column (from 1) of ``position`` (from 0)."""
        return BadInput(f"{what}, at {self._where(position)} of {self._excerpt(position)!r}", key=self.key, hint=hint)

    def _where(self, position: int) -> str:
        line = self.text.count("\n", 0, position) + 1
        column = position - self.text.rfind("\n", 0, position)
        return f"column {column}" if line == 1 else f"line {line}, column {column}"

    def _excerpt(self, position: int) -> str:
        if len(self.text) <= _EXCERPT:
            return self.text
        start = max(0, min(position - _EXCERPT // 2, len(self.text) - _EXCERPT))
        end = start + _EXCERPT
        return f"{'…' * (start > 0)}{self.text[start:end]}{'…' * (end < len(self.text))}"
