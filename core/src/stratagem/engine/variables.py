"""The variables of a run, in layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stratagem.errors import RunError


class VariableStore(dict[str, Any]):
    """The variables of a run, or a layer over those of the scope around it; implements `stratagem.nodes.Variables`.

    A missing name is looked up further out. ``own`` layers keep every assignment; others keep only the names that they
    were made with, and pass the rest on. Iteration and ``in`` go over all names that can be read here.
    """

    __slots__ = ("outer", "own")

    def __init__(
        self, values: Mapping[str, Any] | None = None, outer: VariableStore | None = None, *, own: bool = True
    ) -> None:
        super().__init__(values or ())
        self.outer = outer
        self.own = own

    def __missing__(self, name: str) -> Any:
        if self.outer is None:
            raise KeyError(name)
        return self.outer[name]

    def __setitem__(self, name: str, value: Any) -> None:
        store = self
        while not store.own and store.outer is not None and not store.holds(name):
            store = store.outer
        dict.__setitem__(store, name, value)

    def __delitem__(self, name: str) -> None:
        """Removes a variable from where it is visible; raises KeyError where an ``own`` layer hides where that is."""
        store: VariableStore | None = self
        while store is not None and not store.holds(name):
            store = None if store.own else store.outer
        if store is None:
            raise KeyError(name)
        dict.__delitem__(store, name)

    def __contains__(self, name: object) -> bool:
        store: VariableStore | None = self
        while store is not None:
            if dict.__contains__(store, name):
                return True
            store = store.outer
        return False

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        store: VariableStore | None = self
        while store is not None:
            own = [name for name in dict.__iter__(store) if name not in seen]
            yield from own
            seen.update(own)
            store = store.outer

    def holds(self, name: str) -> bool:
        """Whether the variable is in this very layer."""
        return dict.__contains__(self, name)

    def snapshot(self) -> dict[str, Any]:
        """All that can be read here, as a plain dict."""
        return {name: self[name] for name in self}


class LeftVariables(VariableStore):
    """The variables as a function in a thread sees them: it reads and changes those of ``outer`` until its step has ended.

    A thread can't be ended; but what a function that was left behind writes then is no step's doing.
    """

    __slots__ = ("_ended",)

    def __init__(self, outer: VariableStore) -> None:
        super().__init__(outer=outer, own=False)
        self._ended = False

    def end(self) -> None:
        """Refuse every change from now on."""
        self._ended = True

    def __setitem__(self, name: str, value: Any) -> None:
        self._require_step(name)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self._require_step(name)
        super().__delitem__(name)

    def _require_step(self, name: str) -> None:
        if self._ended:
            raise RunError(f"the variable {name!r} can't be changed any more: the step has ended before its function")
