"""Facts of a plan, as plain data."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from stratagem import Plan, Step, planfacts

Facts = dict[str, Any]


def facts_of(plan: Plan, workers: int, drivers: Mapping[str, str]) -> Facts:
    """The facts of a plan and, inside its steps, of the bodies they own.

    Args:
        workers: how many steps may run at once.
        drivers: resource kind → the plugin that provides it.
    """
    rows = planfacts.levels(plan)
    level_of = {index: number for number, row in enumerate(rows) for index in row}
    lines = planfacts.drawn_lines(plan)
    return {
        "levels": [[plan.steps[index].id for index in row] for row in rows],
        "critical_path": [plan.steps[index].id for index in planfacts.critical_path(plan)],
        "seconds": {
            "work": planfacts.work(plan),
            "span": planfacts.span(plan),
            "estimate": planfacts.estimate(plan, workers),
            "workers": workers,
        },
        "resources": {kind: drivers.get(kind) for kind in sorted(plan.kinds)},
        "steps": [
            _step(plan, lines, step, workers, drivers) | {"level": level_of[step.index]}
            for step in plan.steps
            if step.index not in plan.dropped
        ],
        "revisions": [
            {"node": each.node, "change": each.kind, "other": each.other, "why": each.why, "by": each.by}
            for each in plan.revisions
        ],
    }


def _step(plan: Plan, lines: planfacts.Lines, step: Step, workers: int, drivers: Mapping[str, str]) -> Facts:
    return {
        "id": step.id,
        "type": step.spec.id,
        "effect": step.spec.effect,
        "seconds": step.cost,
        "resources": sorted({claim.request.kind for claim in step.claims}),
        "waits_for": [
            {"step": plan.steps[need].id, "why": _why(planfacts.reasons(plan, step.index, need, lines))}
            for need in step.needs
        ],
        "bodies": {name: facts_of(body, workers, drivers) for name, body in step.bodies.items()},
        "calls": {path: len(flow) for path, flow in step.flows.items()},
    }


def _why(found: list[planfacts.Reason]) -> Facts:
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for reason in found:
        by_kind[reason.kind].append(reason.what)
    return dict(by_kind)
