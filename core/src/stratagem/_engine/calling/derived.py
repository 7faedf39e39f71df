"""Derived: what nodes make of secrets is secret too, whoever wrote the node.

A ``pure`` node that is given a secret text gives secret texts only, but for those that it was given plain: what is
parsed or cut out of the secret can't be told from what is not. Of one that is given lists or dicts with a secret
somewhere in them, a text that it makes anew is secret; what it takes out of them is as it was. Of other nodes a text is
secret if a secret that they were given is in it, as a path is or an address. Numbers, bytes and other objects stay as
they are.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import attrs

from stratagem.nodes.values import Branch
from stratagem.templates.caps import VALUE_DEPTH
from stratagem.templates.secret import Secret

_MOST_LOOKED_AT: Final = 100_000
"""In how many values of lists and dicts a secret is looked for."""

_LEAST_ECHO, _MOST_ECHO = 4, 2_000
"""Characters of a secret that is looked for in what other nodes give, and of the texts that it is looked for in: whole
pages and files are not secret for a word that is in them."""


def keeping(handler: Callable[..., Any], *, is_async: bool, pure: bool) -> Callable[..., Any]:
    """The handler of a node, such that what it derives from secrets is secret; fit to be sent to a process."""
    return partial(_awaited if is_async else _called, handler, pure)


def _called(handler: Callable[..., Any], pure: bool, /, *arguments: Any, **named: Any) -> Any:
    return derived(handler(*arguments, **named), arguments, named, pure=pure)


async def _awaited(handler: Callable[..., Awaitable[Any]], pure: bool, /, *arguments: Any, **named: Any) -> Any:
    return derived(await handler(*arguments, **named), arguments, named, pure=pure)


def derived(value: Any, arguments: Iterable[Any], named: Mapping[str, Any], *, pure: bool) -> Any:
    """The value with those texts secret that come from secret inputs; the same object where nothing changes."""
    given = [*arguments, *named.values()]
    inside = list(_inside(given))
    secrets = {each.reveal() for each in inside if type(each) is Secret}
    if not secrets:
        return value
    if not pure:
        known = [secret for secret in secrets if len(secret) >= _LEAST_ECHO]
        return _Keeper(lambda text: len(text) <= _MOST_ECHO and any(secret in text for secret in known)).kept(value)
    plain = {id(each) for each in inside if type(each) is str}
    direct = Secret in map(type, given)
    return _Keeper(lambda text: id(text) not in plain and text not in named, inwards=direct).kept(value)


def _inside(values: Iterable[Any]) -> Iterator[Any]:
    """The values, and those in lists and dicts among them, keys too."""
    waiting = list(values)
    for _ in range(_MOST_LOOKED_AT):
        if not waiting:
            return
        value = waiting.pop()
        yield value
        if type(value) in (list, tuple):
            waiting += value
        elif type(value) is dict:
            waiting += value
            waiting += value.values()


class _Keeper:
    """Makes those texts secret that ``derives`` tells; ``inwards`` also those in lists and dicts."""

    def __init__(self, derives: Callable[[str], bool], *, inwards: bool = True) -> None:
        self._derives = derives
        self._inwards = inwards
        self._known: dict[int, Any] = {}

    def kept(self, value: Any, depth: int = VALUE_DEPTH) -> Any:
        """The value, copied only where something in it changes."""
        kind = type(value)
        if kind is str:
            return Secret(value) if value and self._derives(value) else value
        if id(value) not in self._known and depth:  # each thing once, however often it is in others, or in itself
            self._known[id(value)] = value
            self._known[id(value)] = self._remade(value, kind, depth)
        return self._known.get(id(value), value)

    def _remade(self, value: Any, kind: type, depth: int) -> Any:
        if kind is Branch:
            made = self.kept(value.value, depth - 1)
            return value if made is value.value else Branch(*value.ports, value=made)
        if attrs.has(kind):
            return self._record(value, depth - 1)
        if self._inwards and kind in (list, tuple):
            items = [self.kept(item, depth - 1) for item in value]
            return value if all(map(_same, items, value)) else kind(items)
        if self._inwards and kind is dict:
            return self._table(value, depth - 1)
        return value

    def _table(self, table: dict[Any, Any], depth: int) -> dict[Any, Any]:
        kept = {self._key(key): self.kept(item, depth) for key, item in table.items()}
        return table if all(map(_same, kept, table)) and all(map(_same, kept.values(), table.values())) else kept

    def _key(self, key: Any) -> Any:
        if type(key) is not str or not self._derives(key):
            return key
        return str.__new__(Secret, key)  # not noted: to mask a column's name in all that is told would hide too much

    def _record(self, record: Any, depth: int) -> Any:
        names = [each.name for each in attrs.fields(type(record))]
        changed = {name: kept for name in names if (kept := self.kept(old := getattr(record, name), depth)) is not old}
        if not changed:
            return record
        made = copy.copy(record)
        for name, value in changed.items():
            object.__setattr__(made, name, value)  # records are frozen
        return made


def _same(one: Any, other: Any) -> bool:
    return one is other
