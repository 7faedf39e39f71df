"""What a page asks, and nobody answers, is told of where it shows: in errors that follow, in the log, to recorders."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page

from stratagem import Node, RunResult
from stratagem_web import dialogs, mouse
from stratagem_web.session import session_of

pytestmark = pytest.mark.anyio

Run = Callable[..., Awaitable[RunResult]]
WAIT = {"selector": "text=never", "timeout": 0.3}


def asking(*scripts: str, more: tuple[Node, ...] = (), wait: dict[str, Any] = WAIT) -> tuple[Node, ...]:
    """Nodes that bring dialogs up by scripts, and one that then waits in vain."""
    asked = [Node(f"ask{number}", "web.evaluate", {"script": script}) for number, script in enumerate(scripts, 1)]
    return (*more, *asked, Node("gone", "web.wait_for", wait))


async def failure(run: Run, *nodes: Node) -> str:
    """The message of the run's failure."""
    result = await run(*nodes)
    assert result.error is not None
    return str(result.error)


async def test_a_dialog_that_nobody_answers_is_told_with_the_failure_that_follows(run: Run) -> None:
    """Its text, what became of it, when, in which step, and which node would answer it."""
    told = await failure(run, *asking("confirm('Delete?')"))
    assert "in the step 'ask1', the page asked \"Delete?\" (confirm), which was dismissed" in told
    assert "s before" in told
    assert "put web.answer_dialogs before" in told


async def test_a_dialog_of_the_failing_step_itself_is_told(run: Run) -> None:
    """As of a script that throws because it was not agreed to."""
    script = "if (!confirm('Sure?')) throw new Error('not agreed')"
    told = await failure(run, Node("ask", "web.evaluate", {"script": f"() => {{ {script} }}"}))
    assert "not agreed" in told
    assert 'in this step, the page asked "Sure?" (confirm)' in told


async def test_an_alert_is_told_as_what_the_page_said(run: Run) -> None:
    """There is nothing to agree to; what it said often is the reason."""
    assert 'the page said "Wrong password" (alert), which was closed' in await failure(
        run, *asking("alert('Wrong \\n password')")
    )


async def test_the_last_dialogs_are_told_and_the_others_counted(run: Run) -> None:
    """A page that asks all the time does not drown its error."""
    told = await failure(run, *asking(*(f"confirm('No {number}')" for number in range(1, 6))))
    assert [f"No {number}" in told for number in range(1, 6)] == [False, False, False, True, True]
    assert "(3 more before)" in told


async def test_what_a_workflow_answers_is_not_told(run: Run) -> None:
    """It knows of it."""
    answer = Node("answer", "web.answer_dialogs", {"accept": False})
    assert "(confirm)" not in await failure(run, *asking("confirm('Delete?')", more=(answer,)))


async def test_a_dialog_is_told_in_the_log_where_it_comes_up(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """As a warning with the node, also where nothing fails."""
    caplog.set_level(logging.INFO)
    result = await run(Node("ask", "web.evaluate", {"script": "confirm('Delete?')"}))
    assert result.raise_for_error().outputs["ask"]["result"] is False
    (record,) = [each for each in caplog.records if "Delete?" in each.message]
    assert (record.levelname, record.node) == ("WARNING", "ask")  # type: ignore[attr-defined]  # the adapter adds it
    assert "which was dismissed" in record.message


async def test_a_provider_that_accepts_is_left_to_it(page: Page) -> None:
    """The nodes then do what its config says."""
    vars(page.context).setdefault("stratagem", {})["dialogs"] = "accept"
    session_of(page)
    assert await page.evaluate("[confirm('Sure?'), prompt('Name?', 'Ada')]") == [True, "Ada"]


async def test_leaving_a_page_that_asks_back_is_agreed_to(page: Page, site: str) -> None:
    """As Playwright does it; nothing would ever be opened otherwise."""
    await page.goto(f"{site}/form.html")
    session_of(page)
    await page.evaluate("() => { window.onbeforeunload = event => { event.preventDefault(); event.returnValue = '' } }")
    await mouse.click(page, "#log")
    await page.goto(f"{site}/index.html")
    assert await dialogs.list_dialogs(page) == []
