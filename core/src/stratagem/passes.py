"""Ways, made of steps and the frames around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stratagem.excerpts import excerpt
from stratagem.nodes.values import NOTHING
from stratagem.ways import Pass, Way

if TYPE_CHECKING:
    from stratagem.views import Frame, StepRun


def way_to(step: StepRun) -> Way:
    """The way to a step from the workflow that its run is of."""
    names, passes = _into(step.frame)
    return Way(" / ".join([*names, step.step.id]), tuple(passes), bool(names))


def way_into(frame: Frame) -> str:
    """The way to the steps of a frame, which have their ids behind it; empty for those of the workflow itself."""
    return " / ".join(_into(frame)[0])


def _into(frame: Frame) -> tuple[list[str], list[Pass]]:
    """The names of the steps around a frame, with the numbers of the passes, and the passes; the outermost first."""
    names, passes, inside = list[str](), list[Pass](), frame
    while (owner := inside.owner) is not None:
        found = pass_of(inside)
        names.append(owner.step.id if found is None else f"{owner.step.id}[{found.number}]")
        passes += [found] if found is not None else []
        inside = owner.frame
    return names[::-1], passes[::-1]


def pass_of(frame: Frame) -> Pass | None:
    """The pass that a frame is; None for the workflow's own, and for a body that is no loop's and was called once."""
    owner = frame.owner
    if owner is None:
        return None
    of = frame.call.of if frame.call is not None else None
    told = frame.item is not NOTHING
    if not (told or frame.number or of is not None or "loop" in owner.step.spec.handles):
        return None
    item = excerpt(frame.item, frame.run.services.secrets.redact) if told else None
    return Pass(owner.step.id, frame.number, of, item)
