"""Moment: one point in time for a whole run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from stratagem import Feed, syntax, system_value

if TYPE_CHECKING:
    from stratagem import Scope


class Moment:
    """Stands in for the clock; the moment is the one at which it is first asked."""

    def __init__(self) -> None:
        self._now: datetime | None = None
        self._getters: dict[str, Callable[[Scope], Any]] = {}

    def stand_in(self, node: syntax.Syntax, feed: Feed) -> syntax.Syntax:
        """A system value of this moment in place of a reference to it; other parts are as they are."""
        if not isinstance(node, syntax.Reference) or node.steps:
            return node
        source = feed.source(node.path)
        if source is None or source.kind != "system":
            return node
        return syntax.Given(node.source, node.start, node.height, self._getter(source.name))

    def _getter(self, name: str) -> Callable[[Scope], Any]:
        value = system_value(name, self._moment)
        assert value is not None  # the compiler knows the same system values
        return self._getters.setdefault(name, lambda scope: value())

    def _moment(self) -> datetime:
        if self._now is None:
            self._now = datetime.now().astimezone()
        return self._now
