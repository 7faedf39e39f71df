"""All code of the manual is run: what a page shows is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from manual_blocks import PAGES, blocks_of
from manual_output import matches, normalised
from manual_run import PageRun


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_code_of_a_page_does_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python runs, commands print what is shown, workflows compile, configs load; files named ``wrong…`` are refused."""
    run = PageRun(tmp_path, monkeypatch)
    for block in blocks_of(page):
        run.run(block)


@pytest.mark.parametrize(
    ("printed", "told", "same"),
    [
        (["done in 0.52 s"], ["done in 0.6 s"], True),
        (["a", "b", "c"], ["a", "…", "c"], True),
        (["a"], ["a", "…"], True),
        (["a", "b"], ["a"], False),
        (["a"], ["a", "b"], False),
        (["stratagem-dag 0.1.0   yes"], ["stratagem-dag 0.2.0  yes"], True),
        (["  indented"], ["indented"], False),
        (["3 steps"], ["4 steps"], False),
    ],
)
def test_only_times_versions_and_widths_may_differ_from_what_is_shown(
    printed: list[str], told: list[str], same: bool
) -> None:
    """The comparison leaves out what changes from run to run, and nothing else."""
    assert matches(printed, told) is same


def test_a_number_that_is_no_time_is_compared() -> None:
    """Only numbers before the unit of seconds are times."""
    assert normalised("level 2 of 3, 0.25 s") == "level 2 of 3, TIME s"
