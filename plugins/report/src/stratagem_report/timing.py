"""Timing: what each step waited for, and which way through the workflow took longest."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from stratagem_report.record import Execution, NodeInfo, RunRecord

Frame = dict[int, Execution]
"""The executions of one call of a body, or of the workflow itself, by the number of their node; skipped ones too."""


@frozen
class Wait:
    """The wait of a step before it ran: ``released`` ended last of those it needs, at ``ready``.

    From then on it waited ``queued`` seconds for a place, and once it ran, ``leased`` seconds for resources.
    """

    step: Execution
    ready: float
    released: Execution | None
    queued: float
    leased: float


def frames_of(record: RunRecord) -> dict[tuple[int, int], Frame]:
    """The executions by the identity of the one around them (0 for none) and the number of the call."""
    found: dict[tuple[int, int], Frame] = {}
    for each in (*record.skipped, *record.executions):
        place = (id(each.parent) if each.parent is not None else 0, each.number)
        found.setdefault(place, {})[each.node.n] = each
    return found


def top_frame(record: RunRecord) -> Frame:
    """The executions of the workflow itself, by the number of their node."""
    return frames_of(record).get((0, 0), {})


def wait_of(step: Execution, frame: Frame) -> Wait:
    """Return what a step waited for; one that needs nothing, or stands in a body, is ready when its frame begins."""
    before = [frame[need] for need in step.node.needs if need in frame]
    released = max(before, key=lambda each: each.end, default=None)
    if released is not None:
        ready = min(released.end, step.begin)
    else:
        ready = 0.0 if step.parent is None else min(each.begin for each in frame.values())
    return Wait(step, ready, released, step.begin - ready, step.waited)


def critical_path(frame: Frame) -> list[Execution]:
    """The steps of a way that took longest, each needing the one before it, by the seconds that they took themselves.

    Waiting for resources is left out.

    Whatever the number of places, no run with these times is shorter: it is the span T∞ of work-span analysis (Cormen
    and others, Introduction to Algorithms, chapter 26 of the 4th edition).
    """
    longest: dict[int, float] = {}
    before: dict[int, int | None] = {}
    for n in sorted(frame):
        needs = [need for need in frame[n].node.needs if need in longest]
        best = max(needs, key=lambda need: longest[need], default=None)
        before[n] = best
        longest[n] = frame[n].worked + (longest[best] if best is not None else 0.0)
    at = max(longest, key=lambda n: longest[n], default=None)
    path: list[Execution] = []
    while at is not None:
        path.append(frame[at])
        at = before[at]
    return [each for each in reversed(path) if each.how != "skipped"]


def standing(node: NodeInfo, frame: Frame) -> str:
    """Return how a node of the workflow itself stands at the end, see `OUTCOMES`."""
    if node.disabled:
        return "skipped"
    return frame[node.n].how if node.n in frame else "waiting"


def leaves(executions: Iterable[Execution]) -> list[Execution]:
    """The executions that own no bodies: what took places."""
    return [each for each in executions if not each.node.composite]
