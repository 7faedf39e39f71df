"""Clearing: temporary variables and outputs are dropped once nothing reads them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stratagem._support.sizes import estimated_size
from stratagem.scope import FREED, Absent

if TYPE_CHECKING:
    from stratagem._engine.parts import Frame
    from stratagem.plan import Step, Temporary


class Clearing:
    """Drops what is temporary of one frame: its outputs, and the variables of its layer if that is its own.

    What is held, in bytes as estimated, is recorded for the whole run: its greatest value is the peak.
    """

    __slots__ = ("_frame", "_left", "_sizes", "_temporary")

    def __init__(self, frame: Frame, temporary: Temporary) -> None:
        self._frame = frame
        self._temporary = temporary
        self._left = dict(temporary.uses) if _has_own_layer(frame) else {}
        self._sizes: dict[str | int, int] = {}

    def begin(self) -> None:
        """Drops the variables that no step touches."""
        for name, uses in self._left.items():
            if not uses:
                self._drop_variable(name)

    def note_end(self, step: Step) -> None:
        """The step has ended, and outputs that it was the last to read have been freed."""
        if self._left:
            for name in self._temporary.touched.get(step.index, ()):
                self._count_down(name)
        if self._temporary.outputs:
            self._look_at_outputs(step)

    def close(self) -> None:
        """The frame has ended, with whatever it still holds."""
        self._change(-sum(self._sizes.values()))
        self._sizes.clear()

    def _count_down(self, name: str) -> None:
        self._left[name] -= 1
        if not self._left[name]:
            self._drop_variable(name)
        elif (variables := self._frame.scope.variables).holds(name):
            self._hold(name, variables[name])

    def _drop_variable(self, name: str) -> None:
        variables = self._frame.scope.variables
        if variables.holds(name):
            del variables[name]
            self._drop(name, "variable")

    def _look_at_outputs(self, step: Step) -> None:
        outputs, values = self._temporary.outputs, self._frame.values
        if step.index in outputs and type(values[step.index]) is not Absent:
            self._hold(step.index, values[step.index])
        for index in {step.index, *step.needs} & outputs:
            if values[index] is FREED:
                self._drop(index, "output")

    def _hold(self, key: str | int, value: object) -> None:
        size = estimated_size(value)
        self._change(size - self._sizes.get(key, 0))
        self._sizes[key] = size

    def _drop(self, key: str | int, kind: str) -> None:
        size = self._sizes.pop(key, 0)
        self._frame.run.record("temporary.dropped", 1, kind=kind)
        self._frame.run.record("temporary.dropped.size", size, "By", kind=kind)
        self._change(-size)

    def _change(self, size: int) -> None:
        run = self._frame.run
        if size:
            run.held += size
            run.record("temporary.size", run.held, "By")


def _has_own_layer(frame: Frame) -> bool:
    """Return whether its variables end with it: those of a run, of a subflow, and of a body that keeps its writes."""
    scope = frame.scope
    return scope.parent is None or (scope.variables.own and scope.variables is not scope.parent.variables)
