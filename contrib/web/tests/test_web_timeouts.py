"""One timeout for all nodes: their own, else that of their browser, else the provider's; it is for all that a node does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

import anyio
import pytest
from playwright.async_api import Page

from stratagem import Graph, Node, RunResult
from stratagem_web import forms
from stratagem_web.limits import Limit, left
from stratagem_web.session import session_of

pytestmark = pytest.mark.anyio

Run = Callable[..., Awaitable[RunResult]]

LATE = [
    Node("late", "web.click", {"selector": "#absent"}),
    Node("late", "web.wait_for", {"selector": "#absent"}),
    Node("late", "web.extract_text", {"selector": "#absent"}),
    Node("late", "web.wait_for_script", {"script": "false"}),
    Node("late", "web.evaluate", {"script": "new Promise(() => 0)"}),
    Node("late", "web.switch_tab", {"url": "*/absent"}),
    Node("late", "web.open", {"url": "{{ site }}/hang"}),
    Node("late", "web.download", {"selector": "text=absent"}),
]


def took(result: RunResult) -> str:
    """The message of a run that failed."""
    assert result.error is not None
    return str(result.error)


@pytest.mark.parametrize("node", LATE, ids=lambda node: node.type)
async def test_every_node_takes_the_time_limit_of_its_browser(node: Node, run_graph: Run) -> None:
    """Where it says none of its own."""
    browser = Node("b", "web.browser", {"timeout": "300ms"}, {"body": Graph({"late": node})})
    begun = perf_counter()
    told = took(await run_graph(Graph({"b": browser})))
    assert "0.3 s" in told
    assert perf_counter() - begun < 10


async def test_what_a_node_says_itself_comes_first(run_graph: Run) -> None:
    """Shorter or longer than its browser's."""
    node = Node("late", "web.click", {"selector": "#absent", "timeout": "200ms"})
    browser = Node("b", "web.browser", {"timeout": 60}, {"body": Graph({"late": node})})
    assert "after 0.2 s" in took(await run_graph(Graph({"b": browser})))


async def test_a_browser_that_is_opened_says_it_for_those_that_follow(run_graph: Run) -> None:
    """Also where another one had said otherwise before."""
    nodes = [
        Node("first", "web.open_browser", {"timeout": 60}),
        Node("limit", "web.evaluate", {"script": "'300ms'"}, after=("first",)),
        Node("second", "web.open_browser", {"timeout": "{{ limit.result }}"}),
        Node("late", "web.click", {"selector": "#absent"}, after=("second",)),
    ]
    assert "after 0.3 s" in took(await run_graph(Graph({node.id: node for node in nodes})))


async def test_the_provider_says_it_where_nobody_else_does(run: Run, page: Page) -> None:
    """As by the setting ``timeout`` of stratagem-browser."""
    vars(page.context).setdefault("stratagem", {})["timeout"] = 0.25
    assert "after 0.25 s" in took(await run(Node("late", "web.click", {"selector": "#absent"})))


async def test_a_computed_timeout_is_read_as_a_constant_one_is(run: Run) -> None:
    """And refused as one."""
    for text, told in (
        ("300ms", "after 0.3 s"),
        ("soon", "such as '500ms', '5s' or '2m', got 'soon'"),
        ("0s", "of more than 0 seconds"),
    ):
        given = Node("given", "web.evaluate", {"script": repr(text)})
        late = Node("late", "web.click", {"selector": "#absent", "timeout": "{{ given.result }}"})
        assert told in took(await run(given, late))


async def test_the_limit_is_for_all_that_a_node_does(page: Page) -> None:
    """What its parts leave of it: typing looks at the field several times."""
    limit = Limit(0.6)
    await anyio.sleep(0.4)
    assert left(limit) < 0.25
    await page.set_content("<input>")
    begun = perf_counter()
    with pytest.raises(Exception, match=r"Timeout|took longer|after"):
        await forms.type_(page, "input", "x" * 500, delay=0.05, timeout=limit)
    assert perf_counter() - begun < 3
    assert session_of(page).limit(None) == 30.0
