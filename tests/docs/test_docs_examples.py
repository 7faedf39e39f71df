"""All code of the manual is run: what a page shows is what happens."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from manual_blocks import PAGES, blocks_of
from manual_output import matches, normalised
from manual_run import PageRun
from real_browser import CHROMIUM
from repository import ROOT

SLOW = ("tutorial", "operating")
IN_A_BROWSER = ("browser", "web")

needs_browsers = pytest.mark.skipif(
    CHROMIUM is None or find_spec("stratagem_browser") is None,
    reason="this page needs stratagem-browser, and Chromium on this machine",
)


def marks_of(page: Path) -> list[pytest.MarkDecorator]:
    """What a page needs that not every test run has."""
    found = [pytest.mark.slow] if page.stem in SLOW else []
    return [*found, needs_browsers] if page.stem in IN_A_BROWSER else found


READMES = [page for page in (ROOT / "core/README.md", *sorted(ROOT.glob("*/*/README.md"))) if blocks_of(page)]
CASES = [pytest.param(page, id=page.stem, marks=marks_of(page)) for page in PAGES]
CASES += [pytest.param(page, id=f"{page.parent.name} README") for page in READMES]


@pytest.mark.parametrize("page", CASES)
def test_the_code_of_a_page_does_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python runs, commands print what is shown, workflows compile, configs load; files named ``wrong…`` are refused."""
    PageRun(tmp_path, monkeypatch).run_all(page)


@pytest.mark.parametrize(
    ("printed", "told", "same"),
    [
        (["done in 0.52 s"], ["done in 0.6 s"], True),
        (["a", "b", "c"], ["a", "…", "c"], True),
        (["a"], ["a", "…"], True),
        (["a", "b"], ["a"], False),
        (["a"], ["a", "b"], False),
        (["stratagem-dag 0.1.0   yes"], ["stratagem-dag 0.2.0  yes"], True),
        (["key 0123abcd, 0.1 s old"], ["key 4567cdef, 0.3 s old"], True),
        (["key 0123"], ["key 4567"], False),
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


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ echo hello\nhallo\n```\n",
        "```console\n$ echo hello\n```\n",
        "```python\nprint(2)\n```\n\n```output\n3\n```\n",
        "```python\nassert False\n```\n",
        "```rust\n```\n",
        "```sh\nmake coffee\n```\n",
        "```sh\npip install something-else\n```\n",
    ],
)
def test_a_page_that_shows_what_does_not_happen_is_noticed(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever kind of block it is in."""
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    run = PageRun(tmp_path, monkeypatch)
    with pytest.raises(AssertionError):
        run.run_all(page)


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\n# file: wrong.yaml\nnodes: []\n```\n",
        "```toml\n# file: wrong.toml\nschema = 1\n```\n",
    ],
)
def test_a_file_that_is_called_wrong_has_to_be_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is accepted does not show what the page wants to show."""
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    run = PageRun(tmp_path, monkeypatch)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        run.run_all(page)
