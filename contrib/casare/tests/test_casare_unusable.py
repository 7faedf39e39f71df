"""Data nodes and whatever they are given."""

import inspect
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem_casare import pack


def _data_nodes() -> Iterator[str]:
    """Those that have no output that tells of success: what they can't do is seen by missing outputs."""
    for name in pack.names():
        spec = pack.spec(name, pack.versions(name)[-1])
        plain = hasattr(spec.handler, "__wrapped__") and not inspect.iscoroutinefunction(spec.handler)
        if plain and "success" not in spec.outputs and not spec.resources:
            yield name


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["12", "1e999", "nan", "{{gone}}", "[1, {}]", "(", "%", "2024-01-01", "\ud800", 10**400])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)
CONTEXT = SimpleNamespace(
    node_id="x", directory=Path(), random=random.Random(1), log=SimpleNamespace(warning=lambda *said: None)
)


def test_there_are_data_nodes() -> None:
    """Of numbers, texts, lists, dicts, dates, and what is drawn."""
    assert {"MathOperationNode", "TextPadNode", "ListMapNode", "DictGetNode", "DateTimeAddNode"} <= {*_data_nodes()}


@pytest.mark.filterwarnings("ignore::FutureWarning")  # re's, of patterns such as [[]]
@settings(max_examples=examples(1000))
@given(st.sampled_from([*_data_nodes()]), st.data())
def test_no_data_node_fails_whatever_it_is_given(name: str, data: st.DataObject) -> None:
    """It gives something or nothing."""
    spec = pack.spec(name, pack.versions(name)[-1])
    inputs = {port.parameter for port in spec.inputs.values()}
    given_ = {each: data.draw(VALUES, each) for each in sorted(inputs) if data.draw(st.booleans())}
    store: dict[str, Any] = {}
    variables = {"variables": store} if "variables" in {*inspect.signature(spec.handler).parameters} - inputs else {}
    spec.handler(context=CONTEXT, **given_, **variables)
