"""The manual holds together: links lead somewhere, pages are found from the first one, pictures are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from manual_blocks import DOCS, PAGES, blocks_of
from repository import ROOT

IMAGES = sorted((DOCS / "images").glob("*.svg"))


def prose_of(page: Path) -> str:
    """The page without its code."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def links_of(page: Path) -> Iterator[tuple[Path, str]]:
    """What a page links to within the repository: file and anchor."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            yield (page.parent / file if file else page).resolve(), anchor


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.*)$", prose_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file that exists, and to a heading in it."""
    for file, anchor in links_of(page):
        assert file.exists(), f"{page.name} links to {file}"
        assert not anchor or anchor in anchors_of(file), f"{page.name} links to {file.name}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_fence_on_a_page_belongs_to_a_block_that_is_read(page: Path) -> None:
    """No code escapes the tests because its fence is indented or carries more than a language."""
    fences = re.findall(r"^\s*(?:```|~~~)", page.read_text("utf-8"), re.MULTILINE)
    assert len(fences) == 2 * len(blocks_of(page))


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent == DOCS], ids=lambda page: page.stem)
def test_every_page_is_found_from_the_first_one(page: Path) -> None:
    """The index links to it."""
    assert page.stem == "index" or page in {file for file, _ in links_of(DOCS / "index.md")}


def test_the_first_screen_has_the_commands_and_a_picture() -> None:
    """Within thirty lines: what it is, a picture, and how to see and test it."""
    screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:30])
    assert all(part in screen for part in ("make demo", "make test", "![", "```yaml"))


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.stem)
def test_every_picture_is_drawn_for_light_and_dark_and_told_in_words(image: Path) -> None:
    """It is well formed, has a title and a description, chooses colours by the scheme, and is shown on a page."""
    root = ElementTree.parse(image).getroot()
    named = {element.tag.rpartition("}")[2] for element in root}
    assert {"title", "desc", "style"} <= named
    assert "prefers-color-scheme: dark" in image.read_text("utf-8")
    assert any(file == image for page in PAGES for file, _ in links_of(page))
