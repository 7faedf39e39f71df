"""Keys: whatever could change a plan changes them, one thing at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from stratagem import Config, PacksConfig, PlanRequest, Plugin, RunConfig, Strategy
from stratagem_plan_cache import keys
from stratagem_plan_cache.keys import key_of

Change = Callable[[PlanRequest], PlanRequest]


def request_of(path: Path) -> PlanRequest:
    """A request for the plan of a file."""
    offers = frozenset({("stratagem-std 0.1.0", "stratagem_std")})
    return PlanRequest(str(path), None, frozenset(), Config(), (plugin("stratagem-dag 0.1"),), offers)


def plugin(distribution: str, settings: object = None) -> Plugin:
    """A plugin as a config names it."""
    made = Plugin(settings)
    made.name, made.distribution = "dag", distribution
    return made


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A workflow file."""
    path = tmp_path / "flow.yaml"
    path.write_text("nodes: []")
    return path


def test_the_same_request_has_the_same_key(flow: Path) -> None:
    """Also when the file was written anew with the same bytes."""
    before = key_of(request_of(flow))
    flow.write_text("nodes: []")
    assert before == key_of(request_of(flow))


CHANGES: dict[str, Change] = {
    "variables": lambda asked: evolve(asked, variables=frozenset({"x"})),
    "format": lambda asked: evolve(asked, format="native"),
    "strategy": lambda asked: evolve(asked, config=Config(strategy=Strategy(compile="other"))),
    "packs": lambda asked: evolve(asked, config=Config(packs=PacksConfig(allow=("std",)))),
    "resources": lambda asked: evolve(asked, config=Config(resources={"browser": "playwright"})),
    "temporary": lambda asked: evolve(asked, config=Config(run=RunConfig(temporary="x_"))),
    "no pass": lambda asked: evolve(asked, plugins=()),
    "another pass": lambda asked: evolve(asked, plugins=(*asked.plugins, plugin("stratagem-passes 0.1"))),
    "version of a pass": lambda asked: evolve(asked, plugins=(plugin("stratagem-dag 0.2"),)),
    "settings of a pass": lambda asked: evolve(asked, plugins=(plugin("stratagem-dag 0.1", "other"),)),
    "version of an offer": lambda asked: evolve(asked, offers=frozenset({("stratagem-std 0.1.1", "stratagem_std")})),
    "another offer": lambda asked: evolve(asked, offers=asked.offers | {("x 1", "stratagem")}),
    "no offers": lambda asked: evolve(asked, offers=frozenset()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_has_another_key(flow: Path, change: str) -> None:
    """One thing at a time."""
    asked = request_of(flow)
    assert key_of(CHANGES[change](asked)) != key_of(asked)


def test_the_order_of_passes_counts(flow: Path) -> None:
    """The outermost one sees what the others have done."""
    one, two = plugin("a 1"), plugin("b 1")
    keys_of = {key_of(evolve(request_of(flow), plugins=order)) for order in ((one, two), (two, one))}
    assert len(keys_of) == 2


def test_the_bytes_and_the_place_of_the_file_count(flow: Path) -> None:
    """A space is a change; so is another folder, where subflows are looked for."""
    before = key_of(request_of(flow))
    flow.write_text("nodes: [] ")
    other = flow.parent / "other.yaml"
    other.write_text("nodes: []")
    assert len({before, key_of(request_of(flow)), key_of(request_of(other))}) == 3


def test_stratagem_and_python_count(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another release of either makes other plans."""
    before = key_of(request_of(flow))
    monkeypatch.setattr(keys, "__version__", "9.9")
    assert key_of(request_of(flow)) != before


def test_the_source_of_what_is_being_worked_on_counts(
    flow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its version stays the same while its code changes."""
    package = tmp_path / "worked_on"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    asked = evolve(request_of(flow), offers=frozenset({("worked-on 0.1", "worked_on")}))
    before = key_of(asked)
    os.utime(package / "__init__.py", ns=(1, 1))
    assert key_of(asked) != before


def test_a_file_that_cannot_be_read_has_no_key(tmp_path: Path) -> None:
    """Compiling tells what is wrong with it."""
    assert key_of(request_of(tmp_path / "none.yaml")) is None
