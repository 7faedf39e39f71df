"""``stratagem run --explain``: what became of every step, and why."""

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from stratagem import Plan, RunResult, Step, columns
from stratagem_cli.explainer import Seen
from stratagem_cli.progress import TOLD_WAIT, indent

KEY_SHOWN = 8
"""So many digits of a key tell it from others well enough for people."""

_LEFT_OUT = re.compile(r"cache\.left_out\{.*\btype=([^,}]*)\}")
_CHEAP = "looked up no more: its type costs less than a look-up"

_HOW = {"done": "ran", "failed": "failed", "late": "took too long", "cancelled": "was cancelled"}


@frozen
class Line:
    """The outcome of a node; ``depth`` counts the bodies and subflows around it."""

    node: str
    type: str
    depth: int
    told: str


def explanation(plan: Plan, seen: Mapping[Step, Seen], result: RunResult) -> list[Line]:
    """A line for each node in the order of the plan, those of bodies after the node that owns them."""
    ended = {"failed": "the run ended with a failure before", "cancelled": "the run was cancelled before"}
    cheap = {found[1] for name in result.metrics if (found := _LEFT_OUT.fullmatch(name))}
    lines = _lines(plan, seen, ended.get(result.status, "nothing started it"), 0, {plan})
    return [_with_note(line, step) if step.spec.type in cheap and step in seen else line for line, step in lines]


def _with_note(line: Line, step: Step) -> Line:
    """The line of a step whose type a cache looks up no more; one that asks for it by itself always is."""
    return line if step.node.cache is not None else evolve(line, told=f"{line.told}, {_CHEAP}")


def as_text(lines: Iterable[Line]) -> str:
    """The lines in columns; nodes of bodies stand further to the right."""
    return columns((indent(line.depth) + line.node, line.type, line.told) for line in lines)


def _lines(plan: Plan, seen: Mapping[Step, Seen], why: str, depth: int, told: set[Plan]) -> Iterator[tuple[Line, Step]]:
    revised = _revised(plan)
    for step in plan.steps:
        changes = revised.get(step.id, "")
        outcome = (
            changes
            if step.index in plan.dropped
            else ", ".join(filter(None, (_told(step, seen.get(step), why), changes)))
        )
        yield Line(step.id, step.node.type.partition("@")[0], depth, outcome), step
        for name, inner in (*step.bodies.items(), *step.flows.items()):
            if inner in told:  # a subflow that several nodes call; what is told of it holds for all calls
                continue
            told.add(inner)
            called = any(each in seen for each in inner.steps)
            reason = "its body was left before" if called else f"{step.id!r} did not call {name!r}"
            yield from _lines(inner, seen, reason, depth + 1, told)


def _revised(plan: Plan) -> dict[str, str]:
    """Return what passes have changed about the nodes of a plan."""
    found: dict[str, list[str]] = {}
    for each in plan.revisions:
        found.setdefault(each.node, []).append(each.text)
    return {node: ", ".join(texts) for node, texts in found.items()}


def _told(step: Step, seen: Seen | None, why: str) -> str:
    if seen is None:
        return f"not run: {why}"
    return "skipped: disabled" if step.node.disabled else ", ".join(_parts(seen))


def _parts(seen: Seen) -> Iterator[str]:
    for outcome, how in _HOW.items():
        if count := seen.outcomes[outcome]:
            yield how + _times(count)
    if seen.outcomes.total():
        yield f"{seen.seconds:.3f} s{' in all' if seen.outcomes.total() + seen.retries > 1 else ''}"
    for kind, waited in seen.waits.items():
        if waited >= TOLD_WAIT:
            yield f"{waited:.3f} s of it waiting for a {kind!r}"
    if seen.retries:
        yield f"tried again{_times(seen.retries)}"
    for reused, what in ((False, "instance built"), (True, "instance reused")):
        if count := seen.instances[reused]:
            yield what + _times(count)
    if seen.remembered:
        keys = f"key {min(seen.keys)[:KEY_SHOWN]}" if len(seen.keys) == 1 else f"{len(seen.keys)} keys"
        yield f"remembered{_times(seen.remembered)}: {keys}, {seen.oldest:.1f} s old"
    for why, count in seen.reasons.items():
        yield f"skipped{_times(count)}: {why}"


def _times(count: int) -> str:
    return "" if count == 1 else f" {count} times"
