"""The page in a real Chromium: it draws, it can be used by keyboard, it asks the network for nothing."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from stratagem_report.page import page
from stratagem_report.reading import read_record

Open = Callable[..., Any]

NODES = 10_000
LARGEST = 4_000_000
"""Bytes that the page of a run of 10,000 nodes may have."""


def line(kind: str, **values: Any) -> str:
    return json.dumps({"k": kind, **values})


def record_of(folder: Path, lines: list[str], *, status: str = "done", seconds: float = 2.0) -> Path:
    """A record with these lines between its first and its last."""
    head = line(
        "run",
        record=1,
        run="abc123",
        workflow="<b>ledger</b>",
        file=None,
        started="2026-01-02T03:04:05.678+00:00",
        places=4,
        scheduler="'dag' (stratagem-dag 0.1.0)",
        python="3.13.0",
        platform="linux",
    )
    metrics = {
        "cache.requests{cache=node,hit=True}": measure(3),
        "cache.requests{cache=node,hit=False}": measure(1),
        "process.memory.peak": measure(81_000_000, "By"),
    }
    over = line("over", t=seconds, status=status, steps={}, metrics=metrics, dropped=0, result="x", variables={})
    path = folder / "record.jsonl"
    path.write_text("\n".join([head, *lines, over, ""]), "utf-8")
    return path


def measure(value: float, unit: str = "1") -> dict[str, Any]:
    return {"unit": unit, "count": 1, "total": value, "last": value, "least": value, "greatest": value}


def step(n: int, begin: float, end: float, **ends: Any) -> list[str]:
    return [line("begin", x=n + 1, n=n, t=begin), line("end", x=n + 1, t=end, **ends)]


def small(folder: Path) -> Path:
    """Three steps in a row and one apart, the last of which failed with a picture."""
    (folder / "failure.png").write_bytes(picture(300, 120))
    nodes = [("fetch", []), ("parse", [0]), ("post", [1]), ("notify", [0])]
    lines = [
        line("node", n=n, id=id_, type="std.demo", needs=needs, cost=1, by="stratagem-std 0.1.0")
        for n, (id_, needs) in enumerate(nodes)
    ]
    lines += [*step(0, 0.0, 0.5), line("begin", x=3, n=2, t=1.1)]
    lines.insert(-1, "\n".join(step(1, 0.5, 1.1)))
    lines += [
        line("event", x=3, n=2, t=1.2, what="artifact", **{"with": {"path": "failure.png", "kind": "screenshot"}})
    ]
    lines += [line("event", x=3, n=2, t=1.2, what="lease", **{"with": {"kind": "browser", "waited": 0.25}})]
    lines += [line("end", x=3, t=2.0, how="failed", error="ValueError: </script><script>alert(1)</script>")]
    return record_of(folder, lines + step(3, 0.6, 0.9), status="failed")


def large(folder: Path, nodes: int = NODES) -> Path:
    """Nodes in layers of a hundred, four at once."""
    lines = []
    for n in range(nodes):
        needs = sorted({n - 100, max(0, n - 100 - n % 7)}) if n >= 100 else []
        lines.append(line("node", n=n, id=f"node {n}", type=f"std.kind_{n % 5}", needs=needs, cost=1))
    for n in range(nodes):
        begin = (n // 4) * 0.01
        lines += step(n, begin, begin + 0.005 + (n % 4) * 0.001)
    return record_of(folder, lines, seconds=nodes / 4 * 0.01)


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""
    rows = (b"\0" + b"\x40\x80\xc0" * width) * height
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Open:
    """Opens the page of a record, offline; gives the page, and the list of all that went wrong in it."""

    @contextmanager
    def open_(record: Path, **options: Any) -> Iterator[tuple[Any, list[str]]]:
        file = tmp_path / "report.html"
        file.write_text(page(read_record(record), record.parent), "utf-8")

        def refuse(dialog: Any) -> None:
            wrong.append(dialog.message)
            dialog.dismiss()

        context = chromium.new_context(offline=True, **{"viewport": {"width": 1280, "height": 900}, **options})
        wrong: list[str] = []
        tab = context.new_page()
        tab.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on(
            "request",
            lambda request: wrong.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
        )
        tab.on("dialog", refuse)
        tab.goto(file.as_uri())
        tab.wait_for_function("document.documentElement.dataset.ready === 'yes'")
        try:
            yield tab, wrong
        finally:
            context.close()

    return open_


def drawn(tab: Any, canvas: str) -> int:
    """How many different colours a canvas shows."""
    tab.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    return int(
        tab.evaluate(
            """(id) => { const canvas = document.getElementById(id);
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
            copy.drawImage(canvas, 0, 0);
            const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size; }""",
            canvas,
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_drawn_in_either_scheme(opened: Open, tmp_path: Path, scheme: str) -> None:
    """Graph and timeline have colours, nothing is reported on the console, nothing is asked for outside."""
    with opened(small(tmp_path), color_scheme=scheme) as (tab, wrong):
        assert drawn(tab, "graph-canvas") > 20
        assert drawn(tab, "timeline-canvas") > 5
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(json.loads(ground.replace("rgb(", "[").replace(")", "]"))) > 380) == (scheme == "light")
        assert wrong == []


def test_the_scheme_may_change_while_a_page_is_open(opened: Open, tmp_path: Path) -> None:
    """What was drawn is drawn again in the other colours."""
    with opened(small(tmp_path), color_scheme="light") as (tab, wrong):
        look = "document.getElementById('graph-canvas').toDataURL()"
        drawn(tab, "graph-canvas")
        before = tab.evaluate(look)
        tab.emulate_media(color_scheme="dark")
        drawn(tab, "graph-canvas")
        assert tab.evaluate(look) != before
        assert wrong == []


def test_texts_of_a_run_are_texts_on_its_page(opened: Open, tmp_path: Path) -> None:
    """Whatever names and errors look like, and the failure's picture is within the page."""
    with opened(small(tmp_path)) as (tab, wrong):
        assert tab.locator("h1").inner_text() == "<b>ledger</b>"
        assert "</script><script>alert(1)" in tab.locator("#problems pre").inner_text()
        assert tab.evaluate("document.querySelector('#problems img').naturalWidth") == 300
        assert "browser" in tab.locator("#caches").inner_text()
        assert "75 %" in tab.locator("#caches").inner_text()
        assert wrong == []


def test_a_node_is_found_by_keyboard(opened: Open, tmp_path: Path) -> None:
    """Tab reaches the graph, arrows go along its lines, details are told, Escape leaves; focus can be seen."""
    with opened(small(tmp_path)) as (tab, wrong):
        reached = []
        for _ in range(40):
            tab.keyboard.press("Tab")
            reached.append(tab.evaluate("document.activeElement.id || document.activeElement.textContent"))
            if reached[-1] == "graph-canvas":
                break
        assert reached[0] == "Skip to the report"
        assert reached[-1] == "graph-canvas"
        assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        titles = []
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
            tab.keyboard.press(key)
            titles.append(tab.locator("#details h3").inner_text())
        assert titles == ["fetch", "parse", "post", "parse"]
        assert "Released by" in tab.locator("#details").inner_text()
        tab.keyboard.press("Escape")
        assert tab.locator("#details").is_hidden()
        assert wrong == []


def test_a_node_is_found_by_pointer(opened: Open, tmp_path: Path) -> None:
    """Where it is drawn, in the graph and on the timeline, and by its name in any table."""
    with opened(small(tmp_path)) as (tab, wrong):
        x, y = tab.evaluate(
            "[graph.view.x + 20 * graph.view.scale, graph.view.y + (graph.data.y[0] + 20) * graph.view.scale]"
        )
        tab.locator("#graph-canvas").click(position={"x": x, "y": y})
        assert tab.locator("#details h3").inner_text() == "fetch"
        x = tab.evaluate("timeline.view.x + 1.5 * timeline.view.scale")
        tab.locator("#timeline-canvas").click(position={"x": x, "y": tab.evaluate("timeline.top + timeline.lane / 2")})
        assert tab.locator("#details h3").inner_text() == "post"
        tab.locator("#nodes-table button.node", has_text="notify").click()
        assert tab.locator("#details h3").inner_text() == "notify"
        assert wrong == []


def test_the_table_of_nodes_is_searched_and_sorted(opened: Open, tmp_path: Path) -> None:
    """It has in text what the canvases draw."""
    with opened(small(tmp_path)) as (tab, wrong):
        rows = tab.locator("#nodes-table tbody tr")
        assert rows.count() == 4
        tab.locator("#nodes-find").fill("failed")
        assert rows.count() == 1
        tab.locator("#nodes-find").fill("")
        tab.get_by_role("button", name="Took in all").click()
        assert rows.first.locator("th").inner_text() == "post"
        assert tab.locator("#nodes-table th[aria-sort=descending]").count() == 1
        assert wrong == []


def test_a_narrow_page_does_not_scroll_sideways(opened: Open, tmp_path: Path) -> None:
    """Tables scroll within themselves."""
    with opened(small(tmp_path), viewport={"width": 390, "height": 800}) as (tab, wrong):
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert wrong == []


def test_ten_thousand_nodes_are_drawn_and_moved(opened: Open, tmp_path: Path) -> None:
    """The page is of bounded size; a step of zooming or moving leaves the page responsive."""
    path = large(tmp_path)
    with opened(path) as (tab, wrong):
        assert (tmp_path / "report.html").stat().st_size < LARGEST
        assert drawn(tab, "graph-canvas") > 5
        tab.locator("#graph-canvas").focus()
        for key in ("ArrowRight", "+", "+", "+", "ArrowRight", "0"):
            tab.keyboard.press(key)
        assert tab.locator("#details h3").inner_text() == "node 100"
        assert "150 of 10,000" in tab.locator("#nodes-note").inner_text()
        assert tab.evaluate("document.querySelectorAll('*').length") < 8000
        assert wrong == []


@pytest.mark.slow
def test_more_nodes_than_a_page_can_hold_are_drawn_in_groups(opened: Open, tmp_path: Path) -> None:
    """The page stays within its size, and says what it has left out."""
    with opened(large(tmp_path, 50_000)) as (tab, wrong):
        assert (tmp_path / "report.html").stat().st_size < 2 * LARGEST
        assert drawn(tab, "graph-canvas") > 5
        tab.locator("#graph-canvas").focus()
        tab.keyboard.press("ArrowRight")
        assert tab.locator("#details h3").inner_text().endswith("more")
        tab.locator("#path button.node").first.click()
        assert tab.locator("#details").is_visible()
        assert "20,000 nodes that were short are left out" in tab.locator("#nodes-note").inner_text()
        assert wrong == []
