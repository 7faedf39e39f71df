"""Steps share a page where the workflow holds one, in the order that was drawn, and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser

from real_browser import Fresh
from stratagem import Config, Graph, Kernel, Node, NoProvider, RunResult, Strategy, Workflow
from stratagem_std import pack as std
from stratagem_testing import provided
from stratagem_web import pack

pytestmark = pytest.mark.anyio

Run = Callable[..., Awaitable[RunResult]]
EXAMPLE = Path(__file__).parent.parent / "examples/prices.yaml"


def visit(name: str, page: str) -> Node:
    """A node that holds a page, and reads the title of what it opens in it."""
    body = Graph(
        {
            f"{name}_open": Node(f"{name}_open", "web.open", {"url": f"{{{{ site }}}}/{page}"}),
            f"{name}_title": Node(f"{name}_title", "web.page_info"),
        },
        result=f"{{{{ {name}_title.title }}}}",
    )
    return Node(name, "web.browser", bodies={"body": body})


async def test_the_body_of_a_browser_has_one_page_and_keeps_the_order(run_graph: Run) -> None:
    """No line need be drawn between nodes that work on it; the next browser has another page."""
    result = await run_graph(Graph({"a": visit("a", "index.html"), "b": visit("b", "form.html")}))
    outputs = result.raise_for_error().outputs
    assert [outputs[name]["result"] for name in "ab"] == ["Shop", "Form"]


async def test_a_node_that_stands_alone_has_a_new_page(run_graph: Run) -> None:
    """It sees nothing of what was opened before."""
    nodes = [Node("open", "web.open", {"url": "{{ site }}/index.html"}), Node("info", "web.page_info", after=("open",))]
    result = await run_graph(Graph({node.id: node for node in nodes}))
    assert result.raise_for_error().outputs["info"]["url"] == "about:blank"


async def test_a_page_is_there_between_opening_and_closing(run_graph: Run) -> None:
    """Also for the bodies of other nodes; closing tells whether there was one."""
    loop = Graph({"each": Node("each", "web.open", {"url": "{{ site }}/{{ name }}"})}, result="{{ each.title }}")
    nodes = [
        Node("browser", "web.open_browser"),
        Node("all", "std.for_each", {"items": ["index.html", "form.html"], "as": "name"}, {"body": loop}),
        Node("last", "web.page_info", after=("all",)),
        Node("close", "web.close_browser", after=("last",)),
        Node("again", "web.close_browser", after=("close",)),
    ]
    outputs = (await run_graph(Graph({node.id: node for node in nodes}))).raise_for_error().outputs
    assert outputs["all"]["results"] == ["Shop", "Form"]
    assert outputs["last"]["title"] == "Form"
    assert (outputs["close"]["result"], outputs["again"]["result"]) == (True, False)


def test_browsers_drawn_side_by_side_may_be_open_at_the_same_time() -> None:
    """What is done on one page concerns no other; on the same page each step waits for the one before."""
    kernel = Kernel(packs=[pack], plugins=[provided("browser", lambda: None)])  # type: ignore[arg-type, return-value]  # it is not asked
    plan = kernel.compile(Workflow({"a": visit("a", "x"), "b": visit("b", "x")}, variables={"site": ""}))
    assert [list(step.needs) for step in plan.steps] == [[], []]
    assert [list(step.needs) for step in plan.steps[0].bodies["body"].steps] == [[], [0]]


async def test_without_a_browser_the_check_says_how_to_get_one() -> None:
    """Before anything runs."""
    kernel = Kernel(packs=[pack], plugins=[])
    with pytest.raises(NoProvider, match=r"web\.open needs a 'browser'.*pip install stratagem-browser"):
        kernel.compile(Workflow({"open": Node("open", "web.open", {"url": "about:blank"})}))


@pytest.mark.parametrize("schedule", ["sequential", "dag"])
async def test_the_example_of_prices_runs(schedule: str, browser: Browser, tmp_path: Path) -> None:
    """Against the page beside it, with any schedule; the table is written."""
    config = Config(strategy=Strategy(schedule=schedule))
    shop, report = (EXAMPLE.parent / "shop.html").as_uri(), tmp_path / "prices.csv"
    async with Kernel(config, packs=[pack, std], plugins=[provided("browser", lambda: Fresh(browser))]) as kernel:
        result = await kernel.run(kernel.load(EXAMPLE), {"shop": shop, "report": str(report)})
    assert [row["Fruit"] for row in result.raise_for_error().value] == ["Apples", "Pears", "Plums"]
    assert report.read_text() == "Fruit,Price\nApples,1.20\nPears,2.50\nPlums,3.10\n"
