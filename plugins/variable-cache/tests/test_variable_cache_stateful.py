"""Whatever is read, written, hidden, deleted or changed in place, and in whatever order: the cache is never seen."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from hypothesis_profiles import examples
from stratagem import SKIPPED, PlainResolver, Resolver, Scope, Step, VariableStore, WorkflowError
from stratagem_compiled import CompiledResolver
from stratagem_variable_cache import VariableCache, VariableCacheSettings, keeping
from template_probe import Pair, configs, outcome, scalars, step_of, values

EVERYTHING = VariableCacheSettings(threshold=0.0, max_entries=12, max_bytes=20_000)
READING: tuple[dict[str, Any], ...] = (
    {"one": "{{ rows | sort | join(',') }}"},
    {"one": "Rows: {{ rows | sort }}", "two": ["{{ rows | reverse }}", {"k": "{{ rows | unique | length }}"}]},
    {"one": "{{ data.key | json }} {{ x | default(own) | string | upper }}", "two": "{{ data | keys }}"},
    {"one": "{{ (rows | sum) + (own | length) }}", "later": "rows | max"},
    {"one": "{{ first.result | json }}", "two": "{{ inner.result | reverse }}", "text": "{{ loop.item | json }}"},
    {"one": "{{ two.right | json | lower }}", "two": "{{ data.a.b[0] | trim | split }}"},
    {"one": "{{ rows[0] | json | replace('0', x | string) }}", "two": "{{ secrets.token | upper }}"},
)
NAMES = st.sampled_from(["x", "rows", "data", "own"])
PLACES = st.integers(0, 2)
STEPS = st.integers(0, 9)
PAUSE = keeping.LONGEST_PAUSE
HOW = st.sampled_from(["append", "pop", "set", "twin"])


class Machine(RuleBasedStateMachine):
    """A run as resolvers see it: scopes of a body's passes, some at once, over variables in layers."""

    inner: type[Resolver] = PlainResolver

    @initialize(more=st.lists(configs, max_size=3))
    def begin(self, more: list[dict[str, Any]]) -> None:
        """A few steps and scopes; the random configs are those that compile."""
        self.steps: list[Step] = []
        for config in (*READING, *more):
            try:
                self.steps.append(step_of(config))
            except WorkflowError:
                continue
        keeping.LONGEST_PAUSE = 0  # every look counts
        cached = VariableCache(self.inner(), EVERYTHING)
        plain = PlainResolver()
        self.pairs = [(cached.inputs(step), plain.inputs(step)) for step in self.steps]
        start = {"x": "x", "rows": [2, 1], "data": {"key": [3], "a": {"b": ["it is"]}}, "own": "own"}
        self.outer = Scope([["first"], Pair([1], {"k": [0]}), None], VariableStore(start), {}, None)
        self.scopes = [self.scope(VariableStore({"own": "its"}, self.outer.variables, own=False)) for _ in range(3)]

    def scope(self, variables: VariableStore) -> Scope:
        return Scope([[1, 2], None], variables, {"item": [5]}, self.outer)

    def teardown(self) -> None:
        keeping.LONGEST_PAUSE = PAUSE

    def same(self, which: int, place: int, times: int = 1) -> None:
        """Resolves a step so many times, in both ways."""
        cached, plain = self.pairs[which % len(self.pairs)]
        for _ in range(times):
            assert outcome(cached, self.scopes[place]) == outcome(plain, self.scopes[place])

    @rule(which=STEPS, place=PLACES)
    def read_and_change(self, which: int, place: int) -> None:
        """The node that resolved a step changes what it was given."""
        self.same(which, place, 2)
        try:
            given = self.pairs[which % len(self.pairs)][0](self.scopes[place])
        except WorkflowError:
            return
        for value in given.values():
            if isinstance(value, list) and not any(value is each for each in self.known()):
                value.append("changed")
        self.same(which, place)

    def known(self) -> list[Any]:
        """What templates hand out as it is; to change it is for the other rules."""
        stores = [*(scope.variables for scope in self.scopes), self.outer.variables]
        found = [value for store in stores for value in store.snapshot().values()]
        found += [*self.outer.values, *(value for scope in self.scopes for value in (*scope.values, *scope.ports.values()))]  # fmt: skip
        return found

    @rule(which=STEPS, place=PLACES, times=st.integers(1, 4))
    def read(self, which: int, place: int, times: int) -> None:
        """Resolves a step again and again."""
        self.same(which, place, times)

    @rule(place=PLACES, name=NAMES, value=values | st.lists(st.integers(0, 9), max_size=6))
    def write(self, place: int, name: str, value: Any) -> None:
        """A node sets a variable, through whatever layers there are."""
        self.scopes[place].variables[name] = value

    @rule(place=PLACES, name=NAMES, other=NAMES)
    def write_what_another_has(self, place: int, name: str, other: str) -> None:
        """Two names for one list."""
        if other in self.scopes[place].variables:
            self.scopes[place].variables[name] = self.scopes[place].variables[other]

    @rule(place=PLACES, name=NAMES)
    def delete(self, place: int, name: str) -> None:
        """What it hid can be seen again, if there is such."""
        with suppress(KeyError):
            del self.scopes[place].variables[name]

    @rule(place=PLACES, own=st.booleans(), hidden=st.dictionaries(NAMES, values, max_size=2))
    def enter_a_body(self, place: int, own: bool, hidden: dict[str, Any]) -> None:
        """A pass with variables of its own."""
        self.scopes[place] = self.scope(VariableStore(hidden, self.scopes[place].variables, own=own))

    @rule(place=PLACES)
    def leave_bodies(self, place: int) -> None:
        """A new pass."""
        self.scopes[place] = self.scope(VariableStore({}, self.outer.variables, own=False))

    @rule(
        place=PLACES,
        name=NAMES,
        item=scalars,
        at=st.integers(0, 3),
        how=HOW,
        which=STEPS,
    )
    def change_in_place(self, place: int, name: str, item: Any, at: int, how: str, which: int) -> None:
        """A node changes a list or dict that a variable holds, or something within it."""
        self.same(which, place, 2)
        change(self.scopes[place].variables.snapshot().get(name), item, at, how)
        self.same(which, place)

    @rule(place=PLACES, value=values | st.just(SKIPPED))
    def give_outputs(self, place: int, value: Any) -> None:
        """Steps beside and around give new values; a loop hands in another item."""
        self.scopes[place].values[0] = value
        self.outer.values[0] = value
        self.scopes[place].ports = {"item": value}

    @rule(place=PLACES, item=scalars, at=st.integers(0, 3), how=HOW, which=STEPS)
    def change_outputs_in_place(self, place: int, item: Any, at: int, how: str, which: int) -> None:
        """A node changes what another one gave."""
        self.same(which, place, 2)
        for value in (self.scopes[place].values[0], self.outer.values[0], self.outer.values[1].right):
            change(value, item, at, how)
        self.same(which, place)


def change(value: Any, item: Any, at: int, how: str) -> None:
    """Changes a container in place, at any depth; ``twin`` puts an equal value of another type in a place."""
    while isinstance(value, (dict, list)) and value and at > 1:
        inner = list(value.values())[-1] if isinstance(value, dict) else value[-1]
        if not isinstance(inner, (dict, list)):
            break
        value, at = inner, at - 1
    if isinstance(value, dict):
        if how == "pop" and value:
            value.popitem()
        else:
            value["key" if at else "new"] = [item]
    elif isinstance(value, list):
        if how == "append" or not value:
            value.append(item)
        elif how == "pop":
            value.pop()
        elif how == "set":
            value[at % len(value)] = item
        else:
            first = value[0]
            value[0] = int(first) if type(first) is bool else bool(first) if first in (0, 1) else item


class CompiledMachine(Machine):
    """The same over the compiled resolver."""

    inner = CompiledResolver


stateful = settings(max_examples=examples(150), stateful_step_count=40, deadline=None)
TestCachedIsPlain = Machine.TestCase
TestCachedIsPlain.settings = stateful
TestCachedOverCompiledIsPlain = CompiledMachine.TestCase
TestCachedOverCompiledIsPlain.settings = stateful
