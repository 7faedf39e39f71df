"""Slowness: what is told of steps that take too long, and who is at work in a thread."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from stratagem.strategies import Provided

if TYPE_CHECKING:
    from stratagem import views
    from stratagem._engine.parts import Run, StepRun, Strand
    from stratagem.plugins.base import Plugin
    from stratagem.usual import Usual


@frozen
class Slow:
    """A step that has run for ``seconds``, although it usually takes ``usual``."""

    step: StepRun
    seconds: float
    usual: Usual


@frozen
class Starving:
    """A step that has waited for a resource of ``kind`` for ``seconds``, as ``waiting`` steps do at present."""

    step: StepRun
    kind: str
    seconds: float
    waiting: int


@define
class SlowSteps:
    """Remembers which step each strand had when it was first seen there; costs the steps themselves nothing.

    A step's time does not go on while it waits for a resource, nor while all that runs inside it does.

    Args:
        factor: how many times its usual time a step may take.
        margin: seconds that it may take besides in any case; what is short varies most.
    """

    factor: float
    margin: float
    _seen: dict[Strand, tuple[StepRun, float]] = field(factory=dict)
    _looked: float = 0.0

    def look(self, runs: tuple[Run, ...], now: float) -> Iterator[Slow]:
        """The steps that are slow at ``now``; a step's time counts from the look that first found it."""
        seen: dict[Strand, tuple[StepRun, float]] = {}
        for run in runs:
            if not run.usual:
                continue
            current = {strand: step for strand in tuple(run.strands) if (step := strand.current) is not None}
            working = at_work(current.values(), run.waits.copy())
            for strand, step in current.items():
                known = self._seen.get(strand)
                since = known[1] if known is not None and known[0] is step else now
                if step not in working:
                    since = min(now, since + now - max(self._looked, since))
                seen[strand] = step, since
                usual = run.usual.get(step.step.id)
                if usual is not None and now - since > max(self.factor * usual.p95, usual.p95 + self.margin):
                    yield Slow(step, now - since, usual)
        self._seen, self._looked = seen, now


def at_work(current: Collection[StepRun], waits: Container[StepRun]) -> set[StepRun]:
    """Those of the running steps that do not wait for a resource, and the steps around them."""
    around = {owner for step in current for owner in step.ancestors()}
    inner = [step for step in current if step not in around and step not in waits]
    return {each for step in inner for each in (step, *step.ancestors())}


def starving(runs: tuple[Run, ...], now: float, limit: float) -> Iterator[Starving]:
    """The steps that have waited for a resource longer than ``limit`` seconds."""
    for run in runs:
        waits = run.waits.copy()
        for step, (kind, since) in waits.items():
            if now - since > limit:
                yield Starving(step, kind, now - since, sum(other == kind for other, _ in waits.values()))


OWN = __name__.partition(".")[0]


@frozen
class Culprit:
    """The owner of the code that is at work: a step's node, or what a plugin runs at ``place``; ``label`` names plugin and distribution."""

    step: views.StepRun | None = None
    label: str = ""
    place: str = ""


def culprit(top: FrameType | None, plugins: Mapping[str, Plugin]) -> Culprit | None:
    """Return who owns the innermost function that is no library's; None where no node or plugin is on the stack.

    A node counts where a function of the module that defines it is being run; else the plugin whose function is
    innermost; else the step that the strand on the stack has at hand.

    Args:
        top: the innermost function of the thread.
        plugins: by the package, or module without one, that they come from, see `packages_of`.
    """
    from stratagem._engine.frames.strand import Strand

    strand: Strand | None = None
    found: Culprit | None = None
    modules: set[str] = set()
    for frame in _outwards(top):
        if frame.f_code is Strand.drain.__code__:
            strand = frame.f_locals["self"]
            break
        modules.add(frame.f_globals.get("__name__", ""))
        found = found or _strategy_at(frame) or _plugin_at(frame, plugins)
    step = strand.current if strand is not None else None
    if step is not None and (found is None or getattr(step.step.spec.handler, "__module__", "") in modules):
        return Culprit(step)
    return found


def packages_of(plugins: Sequence[Plugin]) -> dict[str, Plugin]:
    """The plugins by the package, or module without one, that their class is defined in; core's own are left out."""
    by_root = {type(plugin).__module__.partition(".")[0]: plugin for plugin in reversed(plugins)}
    by_root.pop(OWN, None)
    return by_root


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _strategy_at(frame: FrameType) -> Culprit | None:
    """The strategy object that the function is a method of, unless it is one of core's own."""
    owner = frame.f_locals.get("self") if frame.f_code.co_argcount else None
    if isinstance(owner, Provided) and not type(owner).__module__.startswith(f"{OWN}."):
        return Culprit(label=owner.provider or repr(type(owner).__qualname__), place=_place(frame))
    return None


def _plugin_at(frame: FrameType, plugins: Mapping[str, Plugin]) -> Culprit | None:
    plugin = plugins.get(frame.f_globals.get("__name__", "").partition(".")[0])
    return Culprit(label=plugin.label, place=_place(frame)) if plugin is not None else None


def _place(frame: FrameType) -> str:
    return f"{frame.f_code.co_qualname} ({frame.f_code.co_filename}:{frame.f_lineno})"
