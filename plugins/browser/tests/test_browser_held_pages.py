"""A page that one step holds for others: each of them that fails keeps its picture, and none is given a dead page."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from playwright.async_api import Page

from page_pool import Open
from rough_site import Site
from stratagem import Body, BreakLoop, Graph, Leases, Node, Pack, ResourceLost, Retry, RunResult, StepFailed, Workflow
from stratagem_browser import Artifacts
from stratagem_browser.run_folder import INDEX

pytestmark = pytest.mark.anyio

pack = Pack("held")


@pack.node(holds=("browser",))
async def hold(body: Body, leases: Leases) -> None:
    """Holds a page for its body."""
    async with leases.hold("browser"):
        await body()


@pack.node(opens=("browser",))
async def open_(leases: Leases) -> None:
    """Opens a page for the steps that follow."""
    await leases.open("browser")


@pack.node(handles=("failures",))
async def attempt(body: Body) -> None:
    """Goes on after a failure in its body."""
    try:
        await body()
    except StepFailed:
        return


@pack.node(handles=("loop",))
async def twice(body: Body) -> None:
    """Runs its body twice, or until it is left."""
    for _ in range(2):
        try:
            await body()
        except BreakLoop:
            return


@pack.node(resources={"page": "browser"}, idempotent=True)
async def use(page: Page, url: str = "", fail: bool = True, wait: float = 0.0, leave: bool = False) -> str:
    """Looks at the page, and fails."""
    if url:
        await page.goto(url)
    title = await page.title()
    await anyio.sleep(wait)
    if leave:
        raise BreakLoop
    if fail:
        raise ValueError("on purpose")
    return title


@pack.node(resources={"page": "browser"})
async def crash(page: Page) -> None:
    """Has the page crash."""
    session = await page.context.new_cdp_session(page)
    with anyio.move_on_after(0.5):
        await session.send("Page.crash")


@pack.node(resources={"page": "browser"})
async def asks(page: Page) -> bool:
    """Has the page ask something."""
    agreed: bool = await page.evaluate("confirm('Delete?')")
    return agreed


@pack.node()
async def fails() -> None:
    """Fails without a page."""
    raise ValueError("elsewhere")


def inside(type_: str, *nodes: Node, id: str = "", **more: Any) -> Node:
    """A node of the pack around others."""
    return Node(id or type_, f"held.{type_}", bodies={"body": Graph({node.id: node for node in nodes})}, **more)


def failing(id: str, **config: Any) -> Node:
    return Node(id, "held.use", config)


Kept = Callable[..., Awaitable[tuple[RunResult, list[str]]]]


@pytest.fixture
def kept(opens: Open, tmp_path: Path) -> Kept:
    """Runs nodes; gives the result, and the names of the pictures that are left."""

    async def run(*nodes: Node, **artifacts: Any) -> tuple[RunResult, list[str]]:
        opened = await opens(packs=[pack], artifacts=Artifacts(folder=tmp_path / "runs", **artifacts))
        result = await opened.kernel.run(Workflow({node.id: node for node in nodes}))
        files = (path.name for path in (tmp_path / "runs").glob("*/*") if path.name != INDEX)
        return result, sorted(files)

    return run


async def test_the_picture_is_that_of_the_step_that_failed(kept: Kept) -> None:
    """One: what holds the page has failed because of it."""
    result, files = await kept(inside("hold", failing("a")))
    assert files == ["a-failure.png"]
    assert result.metrics["browser.artifacts{kind=screenshot}"].total == 1


async def test_a_failure_that_is_caught_keeps_its_picture(kept: Kept) -> None:
    """By what surrounds the step, or by going on after it; in a loop, of each pass."""
    going_on = Node("c", "held.use", on_error="continue")
    loop = inside("twice", Node("d", "held.use", on_error="continue"))
    result, files = await kept(inside("hold", inside("attempt", failing("a")), going_on, loop))
    assert result.status == "done"
    assert files == ["a-failure.png", "c-failure.png", "d-failure-2.png", "d-failure.png"]


async def test_each_attempt_keeps_its_picture(kept: Kept) -> None:
    """The first one often tells most."""
    _, files = await kept(inside("hold", Node("a", "held.use", retry=Retry(attempts=2, delay=0.0))))
    assert files == ["a-failure-2.png", "a-failure.png"]


async def test_a_page_that_was_opened_for_those_that_follow_is_pictured(kept: Kept) -> None:
    """When the step fails, not when the run ends; a step without a page leaves one of how the page was then."""
    caught = inside("attempt", failing("a"), after=("open",))
    _, files = await kept(Node("open", "held.open"), caught, Node("b", "held.fails", after=("attempt",)))
    assert files == ["a-failure.png", "open-failure.png"]


async def test_a_time_limit_further_out_keeps_a_picture(kept: Kept) -> None:
    """Of the step that it met; once."""
    slow = inside("attempt", failing("a", wait=60.0), timeout=3.0)
    _, files = await kept(inside("hold", slow))
    assert files == ["a-failure.png"]


async def test_leaving_a_loop_keeps_none(kept: Kept) -> None:
    """It is no failure."""
    result, files = await kept(inside("hold", inside("twice", failing("a", leave=True))))
    assert (result.status, files) == ("done", [])


async def test_a_trace_is_kept_of_a_page_on_which_something_was_caught(kept: Kept) -> None:
    """It tells of the whole lease."""
    _, files = await kept(inside("hold", inside("attempt", failing("a"))), tracing="on-failure", screenshots="off")
    assert files == ["hold-trace.zip"]


async def test_a_held_page_that_has_crashed_is_given_to_no_step(kept: Kept, site: Site) -> None:
    """The next one is told what has happened, and can retry what holds the page."""
    crashed = Node("crash", "held.crash", on_error="continue")
    result, _ = await kept(inside("hold", crashed, failing("next", fail=False)))
    assert result.error is not None
    assert "node 'hold / next'" in str(result.error)
    assert "has crashed" in str(result.error)
    cause = result.error.__cause__
    assert isinstance(cause, ResourceLost) or "ResourceLost" in repr(cause)


async def test_what_a_page_asks_is_told_of_where_no_pack_listens(
    kept: Kept, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """With the step, and what was answered."""
    caplog.set_level(logging.INFO, logger="stratagem.browser")
    result, _ = await kept(inside("hold", Node("ask", "held.asks")))
    assert result.status == "done"
    assert 'node hold / ask: the page asked "Delete?" (confirm), which was dismissed' in caplog.text
