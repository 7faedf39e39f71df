"""Compiling pauses the garbage collector, and leaves it as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from stratagem._support.uncollected import uncollected
from stratagem.builtin import reference_compile
from stratagem.errors import WorkflowError
from stratagem.nodes.catalog import Catalog
from stratagem_testing import node, sample, workflow_of


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The collector is on again after each test, whatever became of it."""
    yield
    gc.enable()


def test_the_collector_is_off_inside_and_on_again_afterwards() -> None:
    """Nothing is collected while a plan is built."""
    with uncollected():
        inside = gc.isenabled()
    assert (inside, gc.isenabled()) == (False, True)


def test_a_collector_that_is_off_stays_off() -> None:
    """Who has turned it off has reasons."""
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()


def test_a_workflow_that_can_t_be_compiled_leaves_the_collector_on() -> None:
    """An error ends the pause too."""
    workflow = workflow_of(node("a", "sample.nothing_of_the_kind"))
    with pytest.raises(WorkflowError):
        reference_compile().compile(workflow, Catalog.of(sample))
    assert gc.isenabled()
