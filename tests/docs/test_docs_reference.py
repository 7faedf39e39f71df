"""The reference page and the stubs are as the code has them, and leave nothing out."""

from __future__ import annotations

import re

from public_surface import silent, stale, written

(PAGE,) = [text for path, text in written().items() if path.suffix == ".md"]


def test_the_stubs_and_the_reference_page_are_as_the_code_has_them() -> None:
    """A name or docstring that changed is written there by ``make surface``."""
    assert stale() == [], "run 'make surface'"


def test_every_exported_name_with_all_its_members_is_told_of() -> None:
    """By a docstring of its own, or in that of its class."""
    assert silent() == []


def test_the_page_has_each_exported_name() -> None:
    """With the fields and methods that authors of plugins look for."""
    for name in ("Run", "StepRun", "Frame", "Scope", "Plan", "Step", "Variables", "Outcome", "Scheduler"):
        assert f"#### `{name}`\n" in PAGE, name
    for member in ("`ancestors() -> Iterator[StepRun]`", "`places: int | None = None`", "`bursts: bool = True`"):
        assert member in PAGE, member


def test_the_page_shows_code_as_it_is_written() -> None:
    """No value that a run made, whose text differs from run to run, and no private name."""
    assert not re.findall(r"<class|ForwardRef| at 0x|\b_[A-Z]\w*", PAGE)


def test_only_methods_are_shown_without_their_first_parameter() -> None:
    """A function keeps one that is called ``cls``."""
    assert "record_of(cls: type) -> Record" in PAGE
    assert "- `start(variables: Mapping[str, Any] | None = None, *, detached: bool = False) -> Handle`" in PAGE
