"""The kit for authors: terse workflows, examples, and random workflows that have everything in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attrs import evolve

from stratagem import Branch, Catalog, Connection, Example, Graph, Pack, Variables
from stratagem._compile import compile_workflow
from stratagem_testing import (
    Recipe,
    check_example,
    connections,
    graph_of,
    node,
    random_workflow,
    run_example,
    sample,
    workflow_of,
)

pack = Pack("kit")


@pack.node(
    controls=("big", "small_*"),
    outputs=("half",),
    examples=(
        Example({"value": 10}, {"half": 5}, chooses="big"),
        Example({"value": 2}, {"half": 1}, chooses="small_2"),
    ),
)
async def size(value: int) -> Branch:
    """Tells big from small."""
    return Branch("big" if value > 5 else f"small_{value}", value=value // 2)


@pack.node(writes=("var:{name}",), examples=(Example({"name": "x"}, {}, {"x": 1}, {"x": 2}),))
async def double(name: str, variables: Variables) -> None:
    """Doubles a variable."""
    variables[name] *= 2


def test_lines_are_written_as_they_are_drawn() -> None:
    """Chains, ports, and data."""
    assert list(connections(["a -> b -> c", "a.true -> d", "a.result->d.text"])) == [
        Connection("a", "exec_out", "b", "exec_in"),
        Connection("b", "exec_out", "c", "exec_in"),
        Connection("a", "true", "d", "exec_in"),
        Connection("a", "result", "d", "text"),
    ]


def test_two_nodes_of_one_name_are_refused() -> None:
    """A test would else run less than it seems to."""
    with pytest.raises(ValueError, match="two nodes are called 'a'"):
        workflow_of(node("a", "sample.value"), node("a", "sample.add"))


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "at"), [("size", 0), ("size", 1), ("double", 0)])
async def test_examples_are_run(name: str, at: int) -> None:
    """By a real kernel, with what they give, set and choose."""
    spec = pack.spec(name, 1)
    await check_example(spec, spec.examples[at], [pack])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "example", "what"),
    [
        ("size", Example({"value": 10}, {"half": 6}), "kit.size@1 gives"),
        ("size", Example({"value": 10}, chooses="small_2"), "kit.size@1 chooses"),
        ("double", Example({"name": "x"}, {}, {"x": 1}, {"x": 3}), "kit.double@1 sets"),
    ],
)
async def test_an_example_that_does_not_hold_is_told(name: str, example: Example, what: str) -> None:
    """By the node, with what it did and what was said."""
    with pytest.raises(AssertionError, match=what):
        await check_example(pack.spec(name, 1), example, [pack])


@pytest.mark.anyio
async def test_an_example_may_be_a_whole_workflow() -> None:
    """For nodes that can't stand alone."""
    loop = node("example", "sample.each", {"items": [1, 2]}, bodies={"body": graph_of(result="{{ example.item }}")})
    result = await run_example(sample.spec("each", 1), Example(workflow=graph_of(loop)), [sample])
    assert result.outputs["example"]["results"] == [1, 2]


TRAITS = ("after", "when", "timeout", "retry", "on_error", "group")


def graphs(graph: Graph) -> Iterator[Graph]:
    """The graph and all bodies in it."""
    yield graph
    for each in graph.nodes.values():
        for body in each.bodies.values():
            yield from graphs(body)


def test_random_workflows_are_right_and_have_everything_in_them() -> None:
    """Each compiles; together they use every node type, trait and way of leaving a loop."""
    found: set[str] = set()
    for seed in range(300):
        recipe = Recipe(delays=seed % 2 == 0, fatal=seed % 3 == 0, on_error=True)
        workflow = random_workflow(seed, evolve(recipe, owners=seed % 5 < 2, limits=seed % 5 == 0))
        compile_workflow(workflow, Catalog.of(sample))
        for graph in graphs(workflow):
            found |= {"line" for _ in graph.connections} | {"result" for _ in [graph.result] if graph.result}
            for each in graph.nodes.values():
                found.add(each.type.removeprefix("sample."))
                found |= {trait for trait in TRAITS if getattr(each, trait)}
    assert found >= {*sample.names(), "line", "result", *TRAITS} - {"join", "start", "await", "stop"}


def test_a_seed_always_gives_the_same_workflow() -> None:
    """And another seed another one."""
    plans = [compile_workflow(random_workflow(seed), Catalog.of(sample)).digest for seed in (5, 5, 6)]
    assert plans[0] == plans[1] != plans[2]
