"""Check warns of steps that lease a page each where one was meant, once, with their number and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from stratagem import Graph, Kernel, Node, ResourceRequest, Workflow
from stratagem_std import pack as std
from stratagem_testing import provided
from stratagem_web import pack

OPEN = Node("open", "web.open", {"url": "http://shop.example"})
FILL = Node("name", "web.fill", {"selector": "#name", "text": "Ada"}, after=("open",))


def advice(*nodes: Node) -> list[str]:
    """What the pack says of a workflow of these nodes."""
    kernel = Kernel(packs=[pack, std], plugins=[provided("browser", lambda: None)])  # type: ignore[arg-type, return-value]  # it is not asked
    return list(pack.advice(kernel.compile(Workflow({node.id: node for node in nodes}))))


def body(nodes: Iterable[Node]) -> dict[str, Graph]:
    return {"body": Graph({node.id: node for node in nodes})}


def test_a_page_for_each_step_is_warned_of() -> None:
    """One opens what the other does not see."""
    (told,) = advice(OPEN, FILL)
    assert told.startswith(
        "2 steps ('open', 'name') lease a page of their own each, so what one opens the others do not"
    )
    assert "web.browser" in told
    assert "web.open_browser" in told


def test_many_steps_are_counted_and_some_of_them_named() -> None:
    """Those in bodies of other nodes too."""
    clicks = [Node(f"n{number}", "web.click", {"selector": "a"}) for number in range(20)]
    (told,) = advice(OPEN, Node("loop", "std.for_each", {"items": [1, 2]}, body(clicks)))
    assert told.startswith("21 steps ('open', 'n0', ")
    assert "and 13 more" in told


def test_a_single_step_on_an_empty_page_is_warned_of() -> None:
    """Nothing was opened there."""
    (told,) = advice(Node("name", "web.fill", {"selector": "#name", "text": "Ada"}))
    assert told.startswith("the step 'name' leases a page of its own, on which nothing was opened")


@pytest.mark.parametrize(
    "nodes",
    [
        [Node("b", "web.browser", bodies=body([OPEN, FILL]))],
        [Node("b", "std.with_resource", {"kind": "browser"}, body([OPEN, FILL]))],
        [Node("b", "web.browser", bodies=body([Node("loop", "std.for_each", {"items": [1, 2]}, body([OPEN, FILL]))]))],
        [Node("b", "web.open_browser"), OPEN, FILL],
        [OPEN, Node("other", "web.open", {"url": "http://shop.example"})],
        [Node("one", "web.click", {"selector": "a"}, resources={"page": ResourceRequest(labels={"open": "http://x"})})],
        [Node("log", "std.log", {"message": "no page"})],
    ],
    ids=["browser", "with_resource", "loop", "open_browser", "only opened", "own page", "no page"],
)
def test_what_is_meant_so_is_not_warned_of(nodes: list[Node]) -> None:
    """Pages that are held, and steps that want one of their own, or open what they look at."""
    assert advice(*nodes) == []
