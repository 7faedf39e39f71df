"""Why a step was skipped: worked out afterwards, for those who ask, so that no step pays for it."""

from __future__ import annotations

from stratagem.errors import WorkflowError
from stratagem.scope import Absent
from stratagem.views import Frame, StepRun


def why_skipped(ready: StepRun) -> str:
    """Return what kept the step from being run, as a recorder may ask in `Recorder.skipped`.

    Such as ``its 'when' is false: total > 0``.
    """
    frame, step = ready.frame, ready.step
    if step.controls and not any(frame.live(source, port) for source, port in step.controls):
        sources = dict.fromkeys(source for source, _ in step.controls)
        return f"no way to it is live: {', '.join(_ended(frame, source) for source in sources)}"
    absent = [source for source in step.required if type(frame.values[source]) is Absent]
    if absent:
        return f"a value that it needs is missing: {', '.join(_ended(frame, source) for source in absent)}"
    return f"its 'when' is false: {step.node.when}" if _is_unwanted(ready) else "nothing keeps it from being run now"


def _is_unwanted(ready: StepRun) -> bool:
    try:
        return ready.step.when is not None and not ready.step.when(ready.frame.scope)
    except WorkflowError:
        return False


def _ended(frame: Frame, source: int) -> str:
    """Return how the step ended that another one looks to."""
    name, value = frame.plan.steps[source].id, frame.values[source]
    if type(value) is Absent and not value.live:
        return f"{name!r} {_HOW.get(value.what, 'gave nothing')}"
    chosen = (frame.chosen or {}).get(source)
    if chosen is None:
        return (
            f"{name!r} failed" if type(value) is Absent and value.error is not None else f"{name!r} went on elsewhere"
        )
    return f"{name!r} chose {' and '.join(map(repr, chosen))}" if chosen else f"{name!r} chose no way"


_HOW = {"skipped": "was skipped", "failed": "failed", "cancelled": "was cancelled", "left": "left the loop"}
