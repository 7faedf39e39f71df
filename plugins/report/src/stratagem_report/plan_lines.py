"""A plan as lines of a record: its nodes, those of bodies and subflows after those around them, numbered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stratagem import Plan, Step, StepRun


class NodeNumbers:
    """Numbers the steps of a plan and of all plans inside it; the numbers of one plan follow each other."""

    def __init__(self, plan: Plan) -> None:
        self._numbers: dict[Step, int] = {}
        self._lines: list[dict[str, Any]] = []
        waiting: list[tuple[Plan, int | None, str]] = [(plan, None, "")]
        for inner, owner, body in waiting:  # which grows meanwhile
            if inner.steps and inner.steps[0] in self._numbers:  # a subflow that several nodes call
                continue
            first = len(self._numbers)
            revised = _revised(inner)
            for step in inner.steps:
                self._numbers[step] = first + step.index
                self._lines.append(_line(step, first, owner, body) | revised.get(step.id, {}))
                nested = (*step.bodies.items(), *step.flows.items())
                waiting += [(plan_, first + step.index, name) for name, plan_ in nested]

    def of(self, step: Step) -> int:
        """The number of a step."""
        return self._numbers[step]

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what is told of each node; what is usual is left out."""
        yield from self._lines


def _revised(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return what passes have changed about nodes of the plan, by their ids."""
    found: dict[str, dict[str, Any]] = {}
    for each in plan.revisions:
        found.setdefault(each.node, {"revised": []})["revised"].append(each.text)
    return found


def late_line(step: StepRun, known: Mapping[Step, int], owner: int | None) -> dict[str, Any]:
    """The line of a node that is told when it is first seen: it needs only what was told before."""
    plan, around = step.frame.plan, step.frame.owner
    inside = () if around is None else (*around.step.bodies.items(), *around.step.flows.items())
    line = _line(step.step, 0, owner, next((name for name, inner in inside if inner is plan), ""))
    needs = [known[plan.steps[need]] for need in step.step.needs if plan.steps[need] in known]
    return {**line, "n": len(known), "needs": sorted(needs)}


def _line(step: Step, first: int, owner: int | None, body: str) -> dict[str, Any]:
    line: dict[str, Any] = {"n": first + step.index, "id": step.id, "type": step.spec.type, "cost": step.cost}
    line["needs"] = [first + need for need in step.needs]
    optional = {
        "by": step.spec.distribution,
        "at": step.node.position,
        "composite": step.composite,
        "disabled": step.node.disabled,
        "kinds": sorted(set(step.spec.resources.values())),
        "body": body,
    }
    line.update({key: value for key, value in optional.items() if value})
    return line if owner is None else {**line, "owner": owner}
