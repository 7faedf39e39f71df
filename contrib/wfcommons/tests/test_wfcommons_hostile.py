"""Traces that are odd, spoilt or malicious: typed errors, within a second."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import error_in
from hypothesis_profiles import examples
from mutations import Mutator
from stratagem import Kernel, load_config

TRACE: dict[str, Any] = {
    "name": "x",
    "schemaVersion": "1.5",
    "description": "two tasks",
    "workflow": {
        "specification": {
            "tasks": [
                {"id": "a", "name": "a", "parents": [], "children": ["b"]},
                {"id": "b", "name": "b", "parents": ["a"], "children": []},
            ]
        },
        "execution": {"tasks": [{"id": "a", "runtimeInSeconds": 1.5}, {"id": "b", "runtimeInSeconds": 2}]},
    },
}


@cache
def kernel() -> Kernel:
    return Kernel(load_config())


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(150))
def test_a_mutated_trace_gives_a_workflow_or_a_typed_error(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of its bytes as of its data."""
    mutator = Mutator(seed)
    data = mutator.random.random() < 0.6
    file = tmp_path_factory.getbasetemp() / "trace.json"
    file.write_bytes(json.dumps(mutator.value(TRACE)).encode() if data else mutator.raw(json.dumps(TRACE).encode()))
    error_in(file, kernel())
