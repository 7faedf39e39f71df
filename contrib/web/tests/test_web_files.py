"""Files that come from a page or go to it, whole or not at all."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from stratagem import Node, RunResult

pytestmark = pytest.mark.anyio

Run = Callable[..., Awaitable[RunResult]]
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def after_opening(page: str, type_: str, **config: Any) -> tuple[Node, Node]:
    """A node after the page was opened."""
    return (
        Node("open", "web.open", {"url": f"{{{{ site }}}}/{page}"}),
        Node("act", type_, config, after=("open",)),
    )


async def test_pictures_are_of_their_kind_and_size(run: Run, tmp_path: Path) -> None:
    """Of what is in view, of the whole page, of an element; by the path's ending."""
    wanted: dict[str, dict[str, Any]] = {"a.png": {}, "b.png": {"full_page": True}, "c.jpg": {"selector": "#prices"}}
    for name, config in wanted.items():
        (await run(*after_opening("index.html", "web.screenshot", path=f"new/{name}", **config))).raise_for_error()
    sizes = {name: (tmp_path / "new" / name).read_bytes() for name in ("a.png", "b.png", "c.jpg")}
    assert sizes["a.png"].startswith(PNG)
    height = {name: int.from_bytes(content[20:24]) for name, content in sizes.items()}
    assert height["b.png"] > 3000 > height["a.png"]
    assert sizes["c.jpg"].startswith(JPEG)
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == ["a.png", "b.png", "c.jpg"]


async def test_a_page_is_printed(run: Run, tmp_path: Path) -> None:
    """As a PDF."""
    (await run(*after_opening("index.html", "web.pdf", path="page.pdf", pages="1"))).raise_for_error()
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


async def test_a_picture_that_fails_leaves_the_old_file(run: Run, tmp_path: Path) -> None:
    """And one that must not be replaced is not."""
    (tmp_path / "a.png").write_text("old")
    for config in ({"selector": "#none", "timeout": 0.2}, {"overwrite": False}):
        result = await run(*after_opening("index.html", "web.screenshot", path="a.png", **config))
        assert result.status == "failed"
    assert (os.listdir(tmp_path), (tmp_path / "a.png").read_text()) == (["a.png"], "old")


async def test_a_download_is_saved_under_the_server_s_name_or_another(run: Run, tmp_path: Path) -> None:
    """From a click or by its address; path, name and size are told."""
    first = (await run(*after_opening("index.html", "web.download", selector="#list", folder="in"))).raise_for_error()
    assert {**first.outputs["act"], "url": ""} == {"path": "in/prices.csv", "name": "prices.csv", "size": 40, "url": ""}
    url = "{{ site }}/prices.csv"
    (await run(*after_opening("index.html", "web.download", url=url, name="p.csv"))).raise_for_error()
    assert (tmp_path / "p.csv").read_bytes() == (tmp_path / "in/prices.csv").read_bytes()


async def test_a_server_s_name_does_not_lead_out_of_the_folder(run: Run, tmp_path: Path) -> None:
    """Only the last part of it counts."""
    (tmp_path / "a/b").mkdir(parents=True)
    result = await run(*after_opening("index.html", "web.download", url="{{ site }}/evil.bin", folder="a/b"))
    assert Path(result.raise_for_error().outputs["act"]["path"]).parent == Path("a/b")
    assert len(list((tmp_path / "a/b").iterdir())) == 1


async def test_a_download_that_breaks_off_leaves_no_file(run: Run, tmp_path: Path) -> None:
    """And says so."""
    result = await run(*after_opening("index.html", "web.download", url="{{ site }}/broken.bin"))
    assert "/broken.bin failed: " in str(result.error)
    assert os.listdir(tmp_path) == []


async def test_no_download_is_told(run: Run) -> None:
    """With what should have started it."""
    result = await run(*after_opening("index.html", "web.download", selector="h1", timeout=1.0))
    assert "'h1' started no download within 1 s; the page is" in str(result.error)


async def test_files_are_uploaded_through_a_field_or_a_button(run: Run, page: Page, tmp_path: Path) -> None:
    """The page has them by name; those that are missing are all told before anything is done."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    names = "[...document.querySelector('#file').files].map(file => file.name)"
    for selector in ("#file", "#choose"):
        result = await run(*after_opening("form.html", "web.upload", selector=selector, paths=["a.txt", "b.txt"]))
        assert result.raise_for_error().outputs["act"]["names"] == ["a.txt", "b.txt"]
        assert await page.evaluate(names) == ["a.txt", "b.txt"]
    result = await run(*after_opening("form.html", "web.upload", selector="#name", paths="a.txt", timeout=0.5))
    assert "opening the choice of files by '#name' took longer than 0.5 s" in str(result.error)
    result = await run(*after_opening("form.html", "web.upload", selector="#file", paths=["x", "a.txt", "y"]))
    assert f"there is no file {tmp_path}/x, {tmp_path}/y" in str(result.error)


async def test_a_failure_s_picture_is_kept_where_the_node_says(
    run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The failure is the node's own; the log names the file."""
    config = {"selector": "#none", "timeout": 0.2, "failure_screenshot": "runs/click.png"}
    result = await run(*after_opening("index.html", "web.click", **config))
    assert "nothing matches '#none'" in str(result.error)
    assert (tmp_path / "runs/click.png").read_bytes().startswith(PNG)
    assert "a picture of the failure is kept in runs/click.png" in caplog.messages


async def test_a_failure_s_picture_that_cannot_be_kept_does_not_hide_the_failure(
    run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a warning of the log."""
    (tmp_path / "taken").mkdir()
    config = {"selector": "#none", "timeout": 0.2, "failure_screenshot": "taken"}
    result = await run(*after_opening("index.html", "web.click", **config))
    assert "nothing matches '#none'" in str(result.error)
    assert [record.levelno for record in caplog.records if "no picture" in record.message] == [logging.WARNING]


async def test_storage_is_carried_from_one_browser_to_another(run: Run, page: Page, site: str, tmp_path: Path) -> None:
    """Through a file that only its owner can read."""
    await page.goto(f"{site}/index.html")
    await page.evaluate("localStorage.setItem('basket', '3'); document.cookie = 'visitor=7'")
    (await run(Node("save", "web.save_storage_state", {"path": "state.json"}))).raise_for_error()
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600
    await page.evaluate("localStorage.clear()")
    await page.context.clear_cookies()
    (
        await run(
            Node("set", "web.set_storage_state", {"path": "state.json"}),
            Node("open", "web.open", {"url": f"{site}/cookie"}, after=("set",)),
        )
    ).raise_for_error()
    assert await page.evaluate("document.body.innerText") == "visitor=7"
    assert await page.evaluate("localStorage.getItem('basket')") == "3"
    assert json.loads((tmp_path / "state.json").read_text())["cookies"][0]["name"] == "visitor"


async def test_cookies_and_headers_are_sent(run: Run, page: Page, site: str) -> None:
    """Set, read, removed by name, removed all."""
    cookies = [{"name": name, "value": "1", "url": site} for name in ("a", "b")]
    result = await run(
        Node("set", "web.set_cookies", {"cookies": cookies}),
        Node("clear", "web.clear_cookies", {"name": "a"}, after=("set",)),
        Node("left", "web.get_cookies", {"urls": [site]}, after=("clear",)),
        Node("headers", "web.set_headers", {"headers": {"X-Robot": "yes"}}, after=("left",)),
        Node("open", "web.open", {"url": f"{site}/headers"}, after=("headers",)),
    )
    assert [each["name"] for each in result.raise_for_error().outputs["left"]["cookies"]] == ["b"]
    assert await page.evaluate("document.body.innerText") == "yes"


async def test_size_and_place_are_what_the_page_sees(run: Run, page: Page, site: str) -> None:
    """The window has the size, and the site may ask where it is."""
    (
        await run(
            Node("size", "web.set_viewport", {"width": 640, "height": 480}),
            Node("place", "web.set_geolocation", {"latitude": 52.5, "longitude": 13.4}, after=("size",)),
            Node("open", "web.open", {"url": f"{site}/index.html"}, after=("place",)),
        )
    ).raise_for_error()
    where = "new Promise((ok, no) => navigator.geolocation.getCurrentPosition(at => ok(at.coords.latitude), no))"
    assert await page.evaluate("[innerWidth, innerHeight]") == [640, 480]
    assert await page.evaluate(where) == 52.5
