"""The variables of a run, in layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from typing import Any, Final

from stratagem.errors import BadInput, RunError

_SCALARS: Final = frozenset((str, int, float, bool, type(None)))


def first_values(written: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The values that a run's variables start with: those ``given`` in place of copies of those ``written``.

    Lists, tables and sets are copied, so that nobody finds what an earlier run has done in place to them; what shares
    an entry shares that of the copy. All else is the same object.

    Raises:
        BadInput: a value is nested too deep.
    """
    memo: dict[int, Any] = {}
    values: dict[str, Any] = {}
    for name, value in written.items():
        if given is None or name not in given:
            try:
                values[name] = value if type(value) in _SCALARS else _copied(value, memo)
            except RecursionError:
                raise BadInput("its first value is nested too deep", key=f"variables.{name}") from None
    return {**dict.fromkeys(written), **values, **(given or {})}  # in the order that is written


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    if type(value) in _SCALARS:
        return value
    if id(value) in memo:
        return memo[id(value)]
    if isinstance(value, tuple):
        items = [_copied(item, memo) for item in value] if type(value) is tuple else list(value)
        same = all(new is old for new, old in zip(items, value, strict=True))
        memo[id(value)] = value if same else tuple(items)
        return memo[id(value)]
    if not isinstance(value, (list, dict, set, bytearray)):
        return value
    made: Any = copy(value)
    memo[id(value)] = made
    for key, item in _entries(value):
        if type(item) not in _SCALARS:
            made[key] = _copied(item, memo)
    return made


def _entries(value: Any) -> Iterable[tuple[Any, Any]]:
    """The entries of a table or list; of a set, which holds nothing that can change, none."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


class VariableStore(dict[str, Any]):
    """The variables of a run, or a layer over those of the scope around it; implements `stratagem.Variables`.

    A missing name is looked up in ``outer``. ``own`` layers keep every assignment; others keep only the names that they
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
        """Return whether the variable is in this very layer."""
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
