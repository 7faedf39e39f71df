"""Ways: loops of drawings are named as bodies are, with row and item."""

from typing import Any

import pytest

from stratagem import Document, Kernel, Workflow
from stratagem_casare import casare_format, pack

pytestmark = pytest.mark.anyio


def flow(loop: str, config: dict[str, Any], lines: list[tuple[str, str, str]]) -> Workflow:
    """A drawing of a loop whose body fails; a line is source, port, target."""
    types = {"loop": (loop, config), "bad": ("ThrowErrorNode", {"error_message": "no"}), "end": ("EndNode", {})}
    if loop.startswith(("For", "While")):
        types["close"] = (loop.replace("Start", "End"), {"paired_loop_start_id": "loop"})
    nodes = {id_: {"node_id": id_, "node_type": type_, "config": own} for id_, (type_, own) in types.items()}
    drawn = [
        {"source_node": source, "source_port": port, "target_node": target, "target_port": "exec_in"}
        for source, port, target in lines
    ]
    return casare_format.read(Document({"nodes": nodes, "connections": drawn}), "flow.json")


FLAT = [("loop", "body", "bad"), ("bad", "exec_out", "close"), ("loop", "completed", "end")]
AT_ONCE = [("loop", "body", "bad"), ("loop", "completed", "end")]


@pytest.mark.parametrize(
    ("loop", "config", "lines", "ways"),
    [
        ("ForLoopStartNode", {"items": ["x", "y"]}, FLAT, ["loop[0] / bad (row 0 of 2: 'x')"]),
        ("ForLoopStartNode", {"items": {"k": 5}}, FLAT, ["loop[0] / bad (row 0 of 1: 5)"]),
        ("ForLoopStartNode", {"start": 3, "end": 10**9}, FLAT, ["loop[0] / bad (row 0 of 999999997: 3)"]),
        ("WhileLoopStartNode", {"expression": "1 < 2"}, FLAT, ["loop[0] / bad (pass 0)"]),
        (
            "ParallelForEachNode",
            {"items": ["x", "y"]},
            AT_ONCE,
            ["loop[0] / bad (row 0 of 2: 'x')", "loop[1] / bad (row 1 of 2: 'y')"],
        ),
    ],
)
async def test_a_failure_in_a_loop_is_named_by_its_way(
    loop: str, config: dict[str, Any], lines: list[tuple[str, str, str]], ways: list[str]
) -> None:
    """Loops that are regions of one graph, and those that run their passes at once; long ranges are not written out."""
    async with Kernel(packs=[pack]) as kernel:
        result = await kernel.run(flow(loop, config, lines))
    assert [str(failure.way) for failure in result.failures] == ways
