"""Names of a workflow that its templates can't read: nothing is wrong with them until somebody wants to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from stratagem import Plan, Step, shown
from stratagem.hosting import NAME_CHARS, is_step

MOST = 20
"""So many names of one sort are told."""


def unsayable(plan: Plan, can_say: Callable[[str], bool]) -> list[str]:
    """Return a sentence for each sort of names: variables, those that loops give, nodes with outputs, their ports.

    ``can_say`` tells whether a template of the workflow's dialect can read a name.
    """
    steps = [step for each in _own(plan) for step in each.steps if not step.node.disabled]
    nodes = [step.id for step in steps if step.spec.outputs]
    ports = [name for step in steps for name in step.spec.outputs if can_say(step.id) and not is_step(name)]
    sorts = (
        ("variables", [name for name in _variables(plan, steps) if not can_say(name)]),
        ("ids of nodes", [name for name in nodes if not can_say(name)]),
    )
    told = [f"templates can't read these {sort}: {_listed(names)}. {_HINT}" for sort, names in sorts if names]
    if ports:
        told.append(f"templates read these ports in brackets alone, as in {{{{ node['port'] }}}}: {_listed(ports)}")
    return told


_HINT = "Such a name has letters, digits and '_' alone, and is no word of the language."


def _own(plan: Plan) -> Iterator[Plan]:
    """The plans of the file itself; those of subflows are other files, which are checked as such."""
    yield plan
    for step in plan.steps:
        for body in step.bodies.values():
            yield from _own(body)


def _variables(plan: Plan, steps: Iterable[Step]) -> Iterator[str]:
    yield from plan.workflow.variables
    for step in steps:
        yield from (place[4:] for place in step.writes if place.startswith("var:") and not place.endswith("*"))
        for port in step.spec.bodies.values():
            for name in port.variables:
                yield from _local(name, step)


def _local(name: str, step: Step) -> Iterator[str]:
    """The name that a body's variable has: ``{as}`` stands for what the config says there."""
    if not name.startswith("{"):
        yield name
    elif key := name[1:-1]:
        given = step.node.config.get(key, step.spec.inputs[key].default)
        if isinstance(given, str) and given and "{{" not in given:
            yield given


def _listed(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    more = f" and {len(every) - MOST} more" if len(every) > MOST else ""
    return ", ".join(shown(name, NAME_CHARS) for name in every[:MOST]) + more
