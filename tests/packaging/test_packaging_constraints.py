"""constraints.txt pins everything that the repository installs, on every supported Python."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from repository import ROOT, distributions


def written(name: str) -> list[Requirement]:
    """The requirements in a file at the top level or below, comments left out."""
    text = (ROOT / name).read_text("utf-8").splitlines()
    return [Requirement(line) for line in text if line and not line.startswith("#")]


def wanted() -> list[Requirement]:
    """What the repository asks others for: what the distributions need with all their extras, and the tools."""
    ours = {distribution.name for distribution in distributions()}
    needed = [requirement for distribution in distributions() for requirement in distribution.requirements]
    others = [requirement for requirement in needed if canonicalize_name(requirement.name) not in ours]
    return [*others, *written("tests/requirements.txt")]


def applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    """Whether it is needed here by something that was asked for with ``extras``."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *extras])


def closure(requirements: Iterable[Requirement]) -> set[str]:
    """The names of everything that installing ``requirements`` installs here, what they need in turn included."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        key = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if key in seen:
            continue
        seen.add(key)
        needed = (Requirement(line) for line in requires(requirement.name) or [])
        waiting += [one for one in needed if applies(one, requirement.extras)]
    return {name for name, _ in seen}


def test_every_constraint_is_one_exact_version() -> None:
    """A line pins one name to one version, each name once for each marker."""
    pinned = written("constraints.txt")
    assert [str(one) for one in pinned if [s.operator for s in one.specifier] != ["=="] or one.extras or one.url] == []
    keys = [(canonicalize_name(one.name), str(one.marker)) for one in pinned]
    assert len(set(keys)) == len(keys)


def test_everything_installed_is_pinned() -> None:
    """Whatever the distributions, their extras and the tools bring in, two set-ups get the same versions of it."""
    try:
        needed = closure(one for one in wanted() if applies(one, ()))
    except PackageNotFoundError as missing:
        pytest.fail(f"{missing.name} is needed and not installed: make the environment anew with make test")
    pinned = {canonicalize_name(one.name) for one in written("constraints.txt") if applies(one, ())}
    assert sorted(needed - pinned) == []


def test_the_pins_are_within_the_ranges() -> None:
    """No pinned version is outside what a distribution says it works with."""
    pinned = {canonicalize_name(one.name): next(iter(one.specifier)).version for one in written("constraints.txt")}
    ranges = [(requirement, pinned.get(canonicalize_name(requirement.name))) for requirement in wanted()]
    assert [str(one) for one, version in ranges if version and version not in one.specifier] == []
