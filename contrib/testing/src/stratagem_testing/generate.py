"""Random workflows as a hypothesis strategy; needs hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from stratagem import Workflow
from stratagem_testing.random_workflows import Recipe, WorkflowMaker


class _Drawn:
    """Numbers that hypothesis chooses, and shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return self._draw(st.integers(low, high))


@st.composite
def _workflow(draw: st.DrawFn, recipe: Recipe | None) -> Workflow:
    return WorkflowMaker(_Drawn(draw), recipe).workflow()


def workflows(recipe: Recipe | None = None) -> st.SearchStrategy[Workflow]:
    """Workflows of the pack `stratagem_testing.sample`."""
    return _workflow(recipe)
