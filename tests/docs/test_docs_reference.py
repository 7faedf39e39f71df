"""The reference page and the stubs are as the code has them, and leave nothing out."""

import re

import pytest

from public_index import HEADING, anchor_of
from public_mentions import unexported
from public_reference import untold
from public_surface import CHAPTERS, exported, silent, stale, written
from stratagem import Measure

(PAGE,) = [text for path, text in written().items() if path.suffix == ".md"]
LISTED = {package.__name__: exported(package) for _, package, _ in CHAPTERS}


def test_the_stubs_and_the_reference_page_are_as_the_code_has_them() -> None:
    """A name or docstring that changed is written there by ``make surface``."""
    assert stale() == [], "run 'make surface'"


def test_every_exported_name_with_all_its_members_is_told_of() -> None:
    """By a docstring of its own, or as code in that of its class."""
    assert silent() == []


def test_a_word_that_happens_to_be_a_members_name_tells_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one that is marked as code does."""
    monkeypatch.setattr(Measure, "__doc__", "A total, the last measurement and the ``greatest`` one.")
    assert untold(Measure, ()) == ["`total: float`", "`last: float`"]


def test_the_page_has_each_exported_name() -> None:
    """By itself, or where another's heading has the same anchor with its package."""
    shown = {heading.strip("`").rpartition(".")[2] for _, heading in HEADING.findall(PAGE)}
    for package, listed in LISTED.items():
        assert {name for name, _ in listed} <= shown, package


def test_the_page_has_fields_and_methods() -> None:
    """Those that authors of plugins look for among them."""
    for member in ("`ancestors() -> Iterator[StepRun]`", "`places: int | None = None`", "`bursts: bool = True`"):
        assert member in PAGE, member


def test_the_page_shows_code_as_it_is_written() -> None:
    """No value that a run made, whose text differs from run to run, and no private name."""
    assert not re.findall(r"<class|ForwardRef| at 0x|\b_[A-Z]\w*", PAGE)


def test_only_methods_are_shown_without_their_first_parameter() -> None:
    """A function keeps one that is called ``cls``."""
    assert "keys_of(cls: type) -> dict[str, attrs.Attribute[Any]]" in PAGE
    assert "- `start(variables: Mapping[str, Any] | None = None, *, detached: bool = False) -> Handle`" in PAGE


def test_every_heading_of_the_page_can_be_linked_to_and_is_in_its_index() -> None:
    """No two have one anchor."""
    anchors = [anchor_of(heading) for _, heading in HEADING.findall(PAGE)]
    assert len(anchors) == len(set(anchors))
    assert re.findall(r"\]\(#(.+?)\)", PAGE.partition("\n## ")[0]) == anchors


def test_every_type_that_a_public_signature_mentions_is_exported() -> None:
    """Whoever reads it can import what it speaks of."""
    names = {name for listed in LISTED.values() for name, _ in listed}
    assert {package: unexported(listed, names) for package, listed in LISTED.items()} == {key: [] for key in LISTED}


def test_types_that_are_not_exported_are_noticed() -> None:
    """Those of fields, of arguments and of what is returned."""
    names = {name for name, _ in LISTED["stratagem"]} - {"Status", "Temporary"}
    found = unexported(LISTED["stratagem"], names | {name for name, _ in LISTED["stratagem.hosting"]})
    assert "RunResult: stratagem._engine.running.handle.Status" in found
    assert "Plan: stratagem.plan.Temporary" in found
