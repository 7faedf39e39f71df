"""Drawings and templates that are odd, spoilt or malicious: typed errors, within a second."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import error_in, error_of
from hypothesis_profiles import examples
from mutations import Mutator
from stratagem import Kernel, load_config

FLOWS = Path(__file__).parent / "flows"
Flow = dict[str, Any]


@cache
def flows() -> list[Flow]:
    """Those of the tests, one of them as a template too."""
    found = [json.loads(file.read_text("utf-8")) for file in sorted(FLOWS.glob("*.json"))]
    return [*found, {"id": "t", "name": "t", "parameters": [{"name": "a", "default": 1}], "base_workflow": found[0]}]


@cache
def kernel() -> Kernel:
    return Kernel(load_config())


def written(flow: Any, folder: Path) -> Path:
    file = folder / "drawn.json"
    file.write_bytes(flow if isinstance(flow, bytes) else json.dumps(flow).encode())
    return file


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(150))
def test_a_mutated_drawing_gives_a_workflow_or_a_typed_error(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of either dialect; of its bytes as of its data."""
    mutator = Mutator(seed)
    flow = mutator.random.choice(flows())
    folder = tmp_path_factory.getbasetemp() / "drawings"
    folder.mkdir(exist_ok=True)
    raw = mutator.raw(json.dumps(flow).encode()) if mutator.random.random() < 0.4 else mutator.value(flow)
    error_in(written(raw, folder), kernel())


@pytest.mark.parametrize("id_", [["a"], {"a": 1}, 5, None, True, 1.5])
def test_an_id_of_another_kind_is_told(id_: Any, tmp_path: Path) -> None:
    """As one typed error; the drawing says it twice, and the table's key counts where it says nothing."""
    node = {"node_id": id_, "node_type": "LogNode", "config": {"message": "x"}}
    error_in(written({"nodes": {"a": node}, "connections": []}, tmp_path), kernel())


@pytest.mark.parametrize("position", [[10**400, 1], {"x": 10**400, "y": 0}, [None, 1], ["a", "b"], [1]])
def test_a_position_that_is_none_is_passed_over(position: Any, tmp_path: Path) -> None:
    """It is only where a node was drawn."""
    node = {"node_id": "a", "node_type": "LogNode", "config": {"message": "x"}, "position": position}
    file = written({"nodes": {"a": node}, "connections": []}, tmp_path)
    assert error_of(lambda: kernel().load(file)) is None
    assert kernel().load(file).nodes["a"].position is None


def test_names_with_dots_can_be_said_in_this_dialect_and_names_with_dashes_can_not() -> None:
    """Words of expressions are names as all others."""
    format_ = next(each for each in kernel().formats if each.name == "casare")
    assert [format_.can_say(name) for name in ("a", "a.b", "in", "a-b", "", "1a")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
