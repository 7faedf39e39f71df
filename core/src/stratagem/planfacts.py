"""Facts of a plan before it runs: levels, critical path, resources, estimates, and why steps are ordered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from stratagem.conflicts import conflicts
from stratagem.model import Connection
from stratagem.plan import Plan, Step
from stratagem.revision import Revision


def steps_in(plan: Plan) -> Iterator[Step]:
    """Yield all steps that are to be run, each before those of its bodies and subflows, those of a plan that is called twice once."""
    return _steps_in(plan, set())


def _steps_in(plan: Plan, seen: set[Plan]) -> Iterator[Step]:
    seen.add(plan)
    for step in plan.steps:
        if step.index in plan.dropped:
            continue
        yield step
        for inner in (*step.bodies.values(), *step.flows.values()):
            if inner not in seen:
                yield from _steps_in(inner, seen)


def levels(plan: Plan) -> list[list[int]]:
    """Steps by the number of steps on the longest way to them; those of one level never wait for each other."""
    found: list[list[int]] = []
    level: list[int] = []
    for index in range(len(plan)):
        if index in plan.dropped:
            level.append(-1)
            continue
        own = 1 + max((level[need] for need in plan.steps[index].needs), default=-1)
        level.append(own)
        if own == len(found):
            found.append([])
        found[own].append(index)
    return found


def critical_path(plan: Plan) -> list[int]:
    """The steps of a longest way through the plan by estimated seconds, first to last."""
    path: list[int] = []
    waiting = list(plan.roots)
    while waiting:
        step = max((plan.steps[i] for i in waiting), key=lambda step: (step.path, -step.index))
        path.append(step.index)
        waiting = list(plan.steps[step.index].dependents)
    return path


def span(plan: Plan) -> float:
    """Estimated seconds of the critical path: no schedule is faster (T∞)."""
    return max((plan.steps[i].path for i in plan.roots), default=0.0)


def work(plan: Plan) -> float:
    """Estimated seconds of all steps together: what one worker takes (T1)."""
    return sum(plan.steps[i].cost for i in range(len(plan)) if i not in plan.dropped)


def estimate(plan: Plan, workers: int) -> float:
    """Estimated seconds on ``workers`` at once, at most: T1/P + (1 - 1/P) * T∞.

    The bound holds for every schedule that leaves no worker idle while a step is ready: Graham, Bounds on
    multiprocessing timing anomalies, 1969.
    """
    return work(plan) / workers + (1 - 1 / workers) * span(plan)


def plans_in(plan: Plan) -> Iterator[Plan]:
    """The plan and all plans of bodies and subflows in it, each once however often it is called, from the outside in."""
    found = {plan: None}
    waiting = [plan]
    for each in waiting:  # which grows meanwhile
        yield each
        for step in each.steps:
            if step.composite:
                inner = [one for one in (*step.bodies.values(), *step.flows.values()) if one not in found]
                found |= dict.fromkeys(inner)
                waiting += dict.fromkeys(inner)


@frozen
class Reason:
    """Why one step waits for another: ``kind`` is ``control``, ``data``, ``reference``, ``after`` or ``conflict``."""

    kind: str
    what: str
    """The line, in words or as the effect both have."""


def revisions_in(plan: Plan) -> dict[str, list[Revision]]:
    """Return what passes have changed about each node, by its id, bodies and subflows included."""
    found: dict[str, list[Revision]] = {}
    for each in plans_in(plan):
        for revision in each.revisions:
            found.setdefault(revision.node, []).append(revision)
    return found


Lines = Mapping[tuple[str, str], list[Connection]]
"""Connections by the nodes that they come from and lead to."""


def drawn_lines(plan: Plan) -> Lines:
    """The connections of a plan by source and target node."""
    found: dict[tuple[str, str], list[Connection]] = {}
    for line in plan.graph.connections:
        found.setdefault((line.source_node, line.target_node), []).append(line)
    return found


def reasons(plan: Plan, index: int, need: int, lines: Lines | None = None) -> list[Reason]:
    """Return why the step ``index`` waits for ``need``, which it depends on directly.

    Whoever asks often gives ``lines``.
    """
    step, other = plan.steps[index], plan.steps[need]
    between = (drawn_lines(plan) if lines is None else lines).get((other.id, step.id), [])
    found = [
        Reason("control" if line.target_port == "exec_in" else "data", f"{line.source_port} → {line.target_port}")
        for line in between
    ]
    if other.id in step.node.after:
        found.append(Reason("after", "'after' names it"))
    both = conflicts(step.reads, step.writes, other.reads, other.writes)
    found += [Reason("conflict", place) for place in both]
    return found or [Reason("reference", f"a template reads {{{{ {other.id}.… }}}}")]
