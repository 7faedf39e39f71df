"""Spot: the place in a config that is being read, and where its problems are collected."""

from __future__ import annotations

from typing import Any

from attrs import evolve, field, frozen

from stratagem._support.shown import shown
from stratagem._support.suggesting import Hint
from stratagem.config.origins import Keys, Origins, dotted
from stratagem.errors import BadValue, ConfigError, UnknownKey


@frozen
class Spot:
    """A path of keys in a config. ``provider`` is the distribution that defines what belongs there, ``name 1.2``."""

    path: Keys = ()
    origins: Origins = field(factory=Origins)
    problems: list[ConfigError] = field(factory=list)
    provider: str | None = None

    def child(self, key: str) -> Spot:
        """The spot of a key below this one."""
        return evolve(self, path=(*self.path, key))

    def trial(self) -> Spot:
        """The same spot with problems of its own, that need not count."""
        return evolve(self, problems=[])

    def must_be(self, words: str, value: Any, hint: str | Hint | None = None) -> None:
        """Reports a value of the wrong type or outside its range."""
        self.report(BadValue, f"expected {words}, got {shown(value)}", hint)

    def report(self, kind: type[ConfigError], what: str, hint: str | Hint | None = None) -> None:
        """Reports a problem of this spot."""
        self.problems.append(self.error(kind, what, hint))

    def unknown(self, hint: str | Hint | None) -> None:
        """Reports that nothing reads this key."""
        self.report(UnknownKey, "nothing reads this key", hint)

    def error(self, kind: type[ConfigError], what: str, hint: str | Hint | None = None) -> ConfigError:
        """An error of this spot."""
        origin = self.origins.around(self.path)
        return kind(
            what,
            file=origin.file if origin else None,
            line=origin.line if origin else None,
            key=dotted(self.path) or None,
            provider=self.provider,
            hint=hint,
        )
