"""A node that is cancelled ends at once and leaves nothing waiting, neither here nor in the browser."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from playwright.async_api import Page

from stratagem import Node, RunResult
from stratagem_web import extract, forms, mouse, navigation, scripts, tabs, transfers, waits

pytestmark = pytest.mark.anyio

LONG = 60.0


class Context:
    """As much of a context as a download needs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory


PENDING: dict[str, Callable[[Page, str, Any], Awaitable[Any]]] = {
    "open": lambda page, site, _: navigation.open_(page, f"{site}/hang", timeout=LONG),
    "click": lambda page, site, _: mouse.click(page, "#under", timeout=LONG),
    "fill": lambda page, site, _: forms.fill(page, "#absent", "x", timeout=LONG),
    "type": lambda page, site, _: forms.type_(page, "#name", "x" * 500, delay=0.1, timeout=LONG),
    "wait_for": lambda page, site, _: waits.wait_for(page, "#absent", timeout=LONG),
    "wait_for_url": lambda page, site, _: waits.wait_for_url(page, "**/absent", timeout=LONG),
    "wait_for_script": lambda page, site, _: waits.wait_for_script(page, "false", timeout=LONG),
    "extract_text": lambda page, site, _: extract.extract_text(page, "#absent", timeout=LONG),
    "evaluate": lambda page, site, _: scripts.evaluate(page, "new Promise(() => 0)", timeout=LONG),
    "switch_tab": lambda page, site, _: tabs.switch_tab(page, url="*/absent", timeout=LONG),
    "download": lambda page, site, context: transfers.download(page, context, "#name", timeout=LONG),
    "download that hangs": lambda page, site, context: transfers.download(page, context, url=f"{site}/hang"),
}


@pytest.fixture
async def complaints() -> AsyncIterator[list[dict[str, Any]]]:
    """What asyncio has to complain about: errors that nobody retrieved, tasks that were destroyed."""
    found: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, told: found.append(told))
    yield found
    gc.collect()
    await asyncio.sleep(0)
    loop.set_exception_handler(before)
    assert found == []


def waiting(page: Page) -> int:
    """How many calls the browser has still to answer."""
    return len(page._impl_obj._connection._callbacks)


@pytest.mark.parametrize("name", PENDING)
async def test_a_cancelled_call_leaves_nothing_behind(
    name: str, page: Page, site: str, tmp_path: Path, complaints: list[dict[str, Any]]
) -> None:
    """It ends at once; no task, no call and no error stay, and the page can be worked with as before."""
    await page.goto(f"{site}/form.html")
    tasks, listeners = asyncio.all_tasks(), len(page._impl_obj.listeners("download"))
    with anyio.move_on_after(0.3) as scope:
        await PENDING[name](page, site, Context(tmp_path))
    assert scope.cancelled_caught
    with anyio.fail_after(5):
        while waiting(page) or asyncio.all_tasks() - tasks:  # noqa: ASYNC110 - neither tells when it is done
            await anyio.sleep(0.01)
        await page.goto(f"{site}/form.html")
        assert await page.title() == "Form"
    assert len(page._impl_obj.listeners("download")) == listeners
    assert os.listdir(tmp_path) == []


async def test_a_step_that_takes_too_long_is_ended_by_the_kernel(
    run: Callable[..., Awaitable[RunResult]], page: Page, site: str, complaints: list[dict[str, Any]]
) -> None:
    """Its page is free for what handles the failure."""
    result = await run(
        Node("open", "web.open", {"url": f"{site}/form.html"}),
        Node("late", "web.wait_for", {"selector": "#absent"}, after=("open",), timeout=0.3, on_error="continue"),
        Node("title", "web.page_info", after=("late",)),
    )
    assert result.steps["failed"] == 1
    assert result.outputs["title"]["title"] == "Form"
    assert waiting(page) == 0


async def test_what_waits_when_the_browser_goes_is_told_once(
    page: Page, site: str, complaints: list[dict[str, Any]]
) -> None:
    """A page that is closed under a waiting node ends it with an error, and leaves none behind."""
    await page.goto(f"{site}/form.html")
    errors = []

    async def wait() -> None:
        try:
            await waits.wait_for(page, "#absent", timeout=LONG)
        except Exception as error:
            errors.append(type(error).__name__)

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        await anyio.sleep(0.1)
        await page.context.close()
    assert errors == ["PageClosed"]
