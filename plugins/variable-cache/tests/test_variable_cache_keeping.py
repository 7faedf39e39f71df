"""What is kept, for how long, and what it may take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from stratagem import BadInput, Binder, Getter, PlainResolver, Resolver, Scope, Secret, Step, TemplatePath
from stratagem_compiled import CompiledResolver
from stratagem_variable_cache import VariableCache, VariableCacheSettings, keeping, moment
from stratagem_variable_cache.snapshots import Snapshot
from stratagem_variable_cache.store import Store
from template_probe import scope_of, step_of


def scope(**variables: Any) -> Scope:
    """A scope with these variables."""
    return scope_of(variables, {"own": "own"}, (["first"], [1], [2], False, [3, 1]), {"item": [5, 4]})


class Asked:
    """A cache, and what it has been asked for; every look counts, however cheap the part."""

    def __init__(self, inner: Resolver | None = None, **settings: Any) -> None:
        self.cache = VariableCache(inner or PlainResolver(), VariableCacheSettings(**{"threshold": 0.0, **settings}))
        self.store: Store = self.cache._store

    def prepared(self, template: Any) -> Callable[[Scope], Any]:
        """The function that gives what one template gives."""
        inputs = self.cache.inputs(step_of({"one": template}))
        return lambda scope: inputs(scope)["one"]

    def hits(self, read: Callable[[Scope], Any], scope: Scope, times: int = 1) -> int:
        """How many of so many calls found the value kept."""
        before = self.store.hits
        for _ in range(times):
            read(scope)
        return self.store.hits - before


@pytest.fixture(autouse=True)
def _always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pauses after looks that did not pay, each call can be counted."""
    monkeypatch.setattr(keeping.Part, "_rest", lambda part: None)


KEPT = {
    "a text": ("{{ rows | sort | join }}", lambda at: at.variables["rows"].append(9)),
    "a new list": ("{{ rows | sort }}", lambda at: at.variables["rows"].append(9)),
    "within text": ("Rows: {{ rows | json }}", lambda at: at.variables["rows"].pop()),
    "within containers": ({"k": ["{{ rows | sum }}"]}, lambda at: at.variables["rows"].clear()),
    "within an expression": ("{{ (rows | max) + 1 if x else 2 }}", lambda at: at.variables["rows"].append(9)),
    "an output": ("{{ inner.result | json }}", lambda at: at.values[0].append(9)),
    "an output around": ("{{ first.result | json }}", lambda at: at.parent.values[0].append(9)),
    "a port": ("{{ loop.item | json }}", lambda at: at.ports["item"].append(9)),
    "a twin": ("{{ rows | json }}", lambda at: at.variables["rows"].__setitem__(1, True)),
    "another object": ("{{ rows | json }}", lambda at: at.variables.__setitem__("rows", [3, 1, 2])),
    "deep down": ("{{ data | json }}", lambda at: at.variables["data"]["key"][0].append(9)),
    "a key": ("{{ data | json }}", lambda at: at.variables["data"].__setitem__("new", 9)),
    "a key by another name": ("{{ data | keys }}", lambda at: at.variables["data"].__setitem__("b", at.variables["data"].pop("key"))),
    "a deletion": ("{{ rows | default([]) | json }}", lambda at: at.variables.__delitem__("rows")),
    "a second variable": ("{{ rows | join(x | string) }}", lambda at: at.variables.__setitem__("x", 8)),
}  # fmt: skip


@pytest.mark.parametrize(("template", "change"), KEPT.values(), ids=KEPT.keys())
@pytest.mark.parametrize("inner", [PlainResolver, CompiledResolver])
def test_a_part_is_kept_until_something_that_it_reads_is_changed(
    template: Any, change: Callable[[Scope], None], inner: type[Resolver]
) -> None:
    """It is let in when it comes a second time; after the change it is made anew, and kept anew."""
    asked = Asked(inner())
    read, at = asked.prepared(template), scope(x=7, rows=[3, 1, 2], data={"key": [[0]]})
    assert asked.hits(read, at, 5) == 3
    change(at)
    assert asked.hits(read, at) == 0
    assert read(at) == PlainResolver().inputs(step_of({"one": template}))(at)["one"]


@pytest.mark.parametrize(
    ("template", "change"),
    [
        ("{{ data.key | json }}", lambda at: at.variables["data"].__setitem__("new", [1])),
        ("{{ data.key[0] | json }}", lambda at: at.variables["data"]["key"].append(9)),
        ("{{ data['key'][-1] | json }}", lambda at: at.variables.__setitem__("data", {"key": at.variables["data"]["key"]})),
        ("{{ rows | json }} {{ x }}", lambda at: at.variables.__setitem__("x", 8)),
        ("{{ y | upper }}", lambda at: at.variables.__setitem__("y", "".join(["w", "hy"]))),
    ],
)  # fmt: skip
def test_what_is_written_beside_it_is_no_reason_to_make_it_anew(template: str, change: Callable[[Scope], None]) -> None:
    """Another key, another entry, another variable, or an equal text."""
    asked = Asked()
    read, at = asked.prepared(template), scope(x=7, y="why", rows=[3, 1, 2], data={"key": [[0]]})
    asked.hits(read, at, 2)
    change(at)
    assert asked.hits(read, at) == 1


@pytest.mark.parametrize(
    ("template", "variables"),
    [
        ("{{ rows | first | json }}", {"rows": [object()]}),
        ("{{ secrets.token | upper }}", {}),
        ("{{ x | upper }}", {"x": Secret("hush")}),
        ("{{ rows | join }}", {"rows": ["a", Secret("hush")]}),
        ("{{ rows | sort | first }}", {"rows": [Secret("hush")]}),
        ("{{ $timestamp | string }}", {}),
        ("{{ rows | items }}", {"rows": {"a": 1}}),
        ("{{ rows | reverse | first }}", {"rows": [[1]]}),
        ("{{ rows | length }}", {"rows": [1]}),
        ("{{ rows }}", {"rows": [1]}),
        ("{{ 'a,b' | split(',') }}", {}),
    ],
)
def test_what_must_not_or_need_not_be_kept_is_not(template: str, variables: dict[str, Any]) -> None:
    """Secrets, times, values of unknown classes, lists in lists, parts of the value itself, and what is no work."""
    asked = Asked()
    read = asked.prepared(template)
    assert asked.hits(read, scope(**variables), 5) == 0
    assert len(asked.store) == 0


def test_no_two_steps_are_handed_the_same_list() -> None:
    """What a node does to the list it got is not seen by the next."""
    asked, at = Asked(), scope(rows=[3, 1, 2])
    read, other = asked.prepared("{{ rows | sort }}"), asked.prepared("{{ rows | sort }}")
    for each in (read, read, other, read):
        got = each(at)
        assert got == [1, 2, 3]
        got.append("changed")
    assert asked.store.hits == 2


def test_equal_parts_of_different_steps_share_what_is_kept() -> None:
    """However they are written, and whatever is around them."""
    asked, at = Asked(), scope(rows=[3, 1, 2], data=[3, 1, 2])
    asked.hits(asked.prepared("{{ rows|sort|join(',') }}"), at, 2)
    assert asked.hits(asked.prepared("All: {{ (rows | sort) | join( ',' ) }}!"), at) == 1
    for other in ("{{ rows | sort | join('-') }}", "{{ data | sort | join(',') }}", "{{ rows | join(',') }}"):
        assert asked.hits(asked.prepared(other), at) == 0


def test_each_part_tells_of_errors_in_its_own_words() -> None:
    """Parts share values, not the texts that they stand in."""
    asked, at = Asked(), scope(rows=["a", 1])
    for template in ("{{ rows | sum }}", "In all: {{ rows | sum }}"):
        with pytest.raises(BadInput) as caught:
            asked.prepared(template)(at)
        assert repr(template) in str(caught.value)


def test_a_cheap_part_is_not_kept() -> None:
    """By the time that it took, whatever is written."""
    asked = Asked(threshold=10.0)
    assert asked.hits(asked.prepared("{{ rows | sort | join }}"), scope(rows=list(range(99))), 5) == 0
    assert len(asked.store) == 0


def test_entries_and_bytes_are_bounded() -> None:
    """What was not asked for the longest goes first; what is too large alone is not let in."""
    asked = Asked(max_entries=2)
    read = asked.prepared("{{ rows | json }}")
    places = [scope(rows=[number]) for number in range(3)]
    for at in places:
        asked.hits(read, at, 2)
        asked.hits(read, places[0])
    assert (len(asked.store), asked.store.evictions) == (2, 1)
    assert [asked.hits(read, at) for at in (places[2], places[0], places[1])] == [1, 1, 0]
    tight = Asked(max_bytes=5_000)
    read = tight.prepared("{{ rows | json }}")
    assert tight.hits(read, scope(rows=["x" * 100] * 100), 5) == 0
    assert tight.hits(read, scope(rows=[1]), 5) >= 3
    assert 0 < tight.store.size <= 5_000


def test_a_kept_value_counts_with_what_it_was_made_from() -> None:
    """The list that was read stays as long as the entry does, so it is part of its size."""
    asked = Asked()
    asked.hits(asked.prepared("{{ rows | sum }}"), scope(rows=list(range(1000, 2000))), 2)
    assert 8_000 + 8_000 + 28_000 <= asked.store.size < 60_000


def test_a_list_within_itself_is_no_trap() -> None:
    """What is in a value many times is looked at once."""
    rows: list[Any] = [1]
    rows += [rows, rows]
    snapshot = Snapshot(rows)
    assert snapshot.holds()
    rows[0] = True
    assert not snapshot.holds()


def test_pauses_grow_while_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is never found is looked for ever more rarely, and each time again once it is found."""
    monkeypatch.undo()
    asked = Asked()
    read = asked.prepared("{{ rows | json }}")
    for number in range(1000):
        at = scope(rows=[number])
        read(at)
        read(at)
    assert asked.store.misses < 100
    assert asked.hits(read, at, 300) > 150


class Clock(datetime):
    """Goes on by a day whenever it is asked."""

    days: ClassVar[int] = 0

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # it is no datetime of this class
        cls.days += 1
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=cls.days)


def test_a_run_can_have_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever inputs read the time; parts that read it can then be kept."""
    monkeypatch.setattr(moment, "datetime", Clock)
    asked = Asked(CompiledResolver(), freeze_time=True)
    dates = [asked.prepared(text)(scope()) for text in ("{{ $currentDate }}", "On {{ $currentDate }}")]
    assert dates[1] == f"On {dates[0]}"
    read = asked.prepared("{{ rows | join($currentDate) }}")
    assert read(scope(rows=[1, 2])) == f"1{dates[0]}2"
    assert asked.hits(read, scope(rows=[1, 2]), 1) == 0
    at = scope(rows=[1, 2])
    assert asked.hits(read, at, 4) == 2


class OwnTemplate:
    """A template class of a format's own, which reads in ways that nobody knows."""

    paths = (TemplatePath("rows"),)
    constant = False
    text = "| sort"

    def bind(self, binder: Binder) -> Getter:
        read, _ = binder(self.paths[0])
        return lambda scope: sorted(read(scope))


def test_templates_of_formats_own_are_left_alone() -> None:
    """They are resolved as ever."""
    asked = Asked()
    read = asked.prepared(OwnTemplate())
    assert read(scope(rows=[3, 1])) == [1, 3]
    assert asked.hits(read, scope(rows=[3, 1]), 4) == 0


def test_steps_without_anything_to_keep_are_left_alone() -> None:
    """They run just as without the cache."""
    cache = VariableCache(PlainResolver())

    def concerns(template: str) -> bool:
        step: Step = step_of({"one": template})
        return cache.concerns(step)

    assert [concerns(each) for each in ("{{ x }}", "a {{ x | length }}", "{{ x | sort }}")] == [False, False, True]
    assert cache.direct
    assert VariableCache(CompiledResolver()).concerns(step_of({"one": "{{ x }}"}))
