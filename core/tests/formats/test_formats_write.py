"""Writing workflows down, and reading them back."""

import json
from functools import partial
from typing import Any, Literal

import attrs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stratagem.errors import BadInput
from stratagem.formats import Document, Format, dump_workflow
from stratagem.formats.native import json_format, yaml_format
from stratagem.model import Cache, Connection, Graph, Limits, Node, ResourceRequest, Retry, Settings, Workflow

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85\xa0"), max_size=6)
NAMES = st.text("abc.-", min_size=1, max_size=4)
SECONDS = st.floats(0.001, 1e6)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)
TABLES = st.dictionaries(TEXTS, VALUES, max_size=3)
COUNTS = st.dictionaries(NAMES, st.integers(1, 99), max_size=2)
RETRIES = st.builds(Retry, st.integers(1, 9), st.floats(0, 9), st.floats(0, 9), st.floats(0, 9))
REQUESTS = st.builds(
    ResourceRequest,
    labels=TABLES,
    session=st.none() | NAMES,
    shared=st.booleans(),
    priority=st.floats(allow_nan=False, allow_infinity=False),
    name=st.none() | NAMES,
)
SETTINGS = st.builds(
    Settings,
    st.sampled_from(["fail", "continue"]),
    st.none() | SECONDS,
    st.none() | SECONDS,
    st.none() | st.integers(1, 9),
    st.builds(Limits, COUNTS, COUNTS, COUNTS),
    st.none() | st.integers(),
)


@st.composite
def graphs(draw: st.DrawFn, prefix: str = "", depth: int = 2) -> Graph:
    """Graphs with bodies; every id begins with the ids around it, so that all differ."""
    ids = draw(st.lists(NAMES, max_size=3, unique=True))
    nodes = {prefix + id_: draw(nodes_of(prefix + id_, depth)) for id_ in ids}
    ends = st.sampled_from(sorted(nodes)) if nodes else st.nothing()
    lines = draw(st.lists(st.builds(Connection, ends, NAMES, ends, NAMES), max_size=3)) if nodes else []
    return Graph(nodes, tuple(lines), draw(VALUES))


@st.composite
def nodes_of(draw: st.DrawFn, id_: str, depth: int) -> Node:
    names = draw(st.lists(NAMES, max_size=2, unique=True)) if depth else []
    cache: Cache | Literal[False] | None = draw(st.none() | st.builds(Cache, st.none() | SECONDS))
    if draw(st.booleans()):
        cache = False
    return Node(
        id_,
        draw(NAMES),
        config=draw(TABLES),
        bodies={name: draw(graphs(f"{id_}/{number}/", depth - 1)) for number, name in enumerate(names)},
        after=tuple(draw(st.lists(NAMES, max_size=2))),
        when=draw(st.none() | NAMES),
        disabled=draw(st.booleans()),
        resources=draw(st.dictionaries(NAMES, REQUESTS, max_size=2)),
        timeout=draw(st.none() | SECONDS),
        retry=draw(st.none() | RETRIES),
        on_error=draw(st.sampled_from([None, "fail", "continue"])),
        group=draw(st.none() | NAMES),
        cache=cache,
        position=draw(st.none() | st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))),
    )


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    graph = draw(graphs())
    return Workflow(
        graph.nodes, graph.connections, graph.result, draw(TEXTS), draw(TABLES), draw(SETTINGS), "flow", draw(TABLES),
        tuple(draw(st.lists(NAMES, max_size=2))),
    )  # fmt: skip


def content(workflow: Workflow) -> dict[str, Any]:
    return attrs.asdict(workflow, filter=lambda attribute, _: attribute.name != "line")


@given(workflows())
def test_reading_what_was_dumped_gives_an_equal_workflow(workflow: Workflow) -> None:
    """Nothing of a workflow is lost or changed on its way through plain data."""
    again = json_format.read(Document(dump_workflow(workflow)), "flow")
    assert content(again) == content(workflow)


@pytest.mark.parametrize(
    ("syntax", "write"), [(json_format, json.dumps), (yaml_format, partial(yaml.safe_dump, default_style='"'))]
)
@given(workflow=workflows())
def test_what_was_dumped_goes_through_files(syntax: Format, write: Any, workflow: Workflow) -> None:
    """The same through the text of a JSON or YAML file."""
    again = syntax.read(syntax.parse(write(dump_workflow(workflow)).encode(), "flow"), "flow")
    assert content(again) == content(workflow)


def test_a_small_workflow_is_dumped_without_noise() -> None:
    """What is left at its default is left out."""
    assert dump_workflow(Workflow({"a": Node("a", "std.log", line=3)})) == {
        "stratagem": 1,
        "nodes": [{"id": "a", "type": "std.log"}],
    }


@pytest.mark.parametrize(
    ("value", "key"), [(object(), "config.x"), ({1: 2}, "config.x"), ([float("nan")], "config.x[0]")]
)
def test_what_a_file_can_not_hold_is_refused_with_its_place(value: Any, key: str) -> None:
    """Objects, keys that are no texts, and numbers that are none."""
    with pytest.raises(BadInput) as caught:
        dump_workflow(Workflow({"a": Node("a", "x.y", {"x": value})}))
    assert (caught.value.node, caught.value.key) == ("a", key)
