"""Reading tables and links."""

from itertools import count
from typing import Any

from attrs import frozen

from stratagem_web.api import Page
from stratagem_web.elements import FrameSelector, element
from stratagem_web.limits import ms, within
from stratagem_web.registry import page_node
from stratagem_web.samples import on_page
from stratagem_web.selectors import Selector

# Cells that span several rows or columns are there in each of them. Tables within cells are texts of these.
_GRID = """table => {
    const rows = table.rows ? [...table.rows] : [...table.querySelectorAll("tr")];
    const grid = rows.map(() => []);
    rows.forEach((row, y) => {
        let x = 0;
        for (const cell of row.cells) {
            while (grid[y][x] !== undefined) x++;
            const text = cell.innerText.trim();
            const down = Math.min(cell.rowSpan || rows.length - y, rows.length - y);
            for (let dy = 0; dy < down; dy++)
                for (let dx = 0; dx < cell.colSpan; dx++) grid[y + dy][x + dx] = text;
            x += cell.colSpan;
        }
    });
    const heads = rows.map(row => row.cells.length > 0 && [...row.cells].every(cell => cell.tagName === "TH"));
    const inHead = rows.map(row => row.parentElement.tagName === "THEAD");
    return {grid: grid.map(row => Array.from(row, cell => cell ?? "")), heads, inHead};
}"""

_LINKS = "all => all.filter(at => at.href).map(at => ({text: at.innerText.trim(), url: String(at.href)}))"


@frozen
class Table:
    """The rows in order, each a dict by header; the headers; how many rows there are."""

    rows: list[dict[str, str]]
    headers: list[str]
    count: int


@page_node(
    effect="read",
    examples=(
        on_page(
            "extract_table",
            {"selector": "#prices"},
            {
                "rows": [{"Fruit": "Apples", "Price": "1.20"}, {"Fruit": "Pears", "Price": "2.50"}],
                "headers": ["Fruit", "Price"],
                "count": 2,
            },
        ),
    ),
)
async def extract_table(
    page: Page, selector: Selector = "table", frame: FrameSelector = "", timeout: float = 30.0
) -> Table:
    """Reads a table: a dict for each row, by the headers.

    The headers are the last row of the table's head, else its first row. One without text is called ``column_2`` by
    its place, and one that is there again gets a number: ``Price_2``. Rows that are too short are filled up with "".
    """
    headers, rows = await grid_of(page, selector, frame, timeout)
    return Table([dict(zip(headers, row, strict=True)) for row in rows], headers, len(rows))


@page_node(
    effect="read",
    outputs=("links",),
    examples=(
        on_page("extract_links", {"selector": "nav a"}, {"links": [{"text": "Form", "url": "http://localhost:8000/form.html"}]}),
    ),
)  # fmt: skip
async def extract_links(
    page: Page, selector: Selector = "a[href]", frame: FrameSelector = "", timeout: float = 30.0
) -> list[dict[str, str]]:
    """Lists the links that match: ``text`` and ``url``, which is absolute. An empty list if there are none."""
    async with element(page, selector, frame) as found:
        with within(timeout, f"reading the links {selector!r}"):
            links: list[dict[str, str]] = await found.evaluate_all(_LINKS)
            return links


async def grid_of(
    page: Page, selector: str, frame: FrameSelector, timeout: float, header: bool = True
) -> tuple[list[str], list[list[str]]]:
    """The headers, all different, and the rows, all as long as the headers; without ``header`` all rows are data."""
    async with element(page, selector, frame) as found:
        read: dict[str, Any] = await found.evaluate(_GRID, timeout=ms(timeout))
    grid, width = read["grid"], max(map(len, read["grid"]), default=0)
    filled = [row + [""] * (width - len(row)) for row in grid]
    if not header:
        return _different([""] * width), filled
    head = _head(read["heads"], read["inHead"])
    rows = [row for place, row in enumerate(filled) if place not in head]
    return _different(filled[head[-1]] if head and filled else []), rows


def _head(heads: list[bool], in_head: list[bool]) -> list[int]:
    """The places of the rows that are headers, of which the last one counts."""
    marked = [place for place, yes in enumerate(in_head) if yes]
    if marked:
        return marked
    leading = next((place for place, yes in enumerate(heads) if not yes), len(heads))
    return list(range(leading)) or [0]


def _different(names: list[str]) -> list[str]:
    """The names, with numbers where one is empty or there again."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        name = name or f"column_{place}"
        more = (f"{name}_{number}" for number in count(2))
        found.append(name if name not in found else next(each for each in more if each not in found))
    return found
