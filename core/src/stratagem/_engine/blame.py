"""Blame: who is at work in a thread, a node or a plugin, as the functions on its stack tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from attrs import frozen

from stratagem.strategies import Provided

if TYPE_CHECKING:
    from stratagem.plugins.base import Plugin
    from stratagem.views import StepRun

OWN = __name__.partition(".")[0]


@frozen
class Culprit:
    """Who is at work: a step's node, or what a plugin runs at ``place``; ``label`` names plugin and distribution."""

    step: StepRun | None = None
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
    from stratagem._engine.strand import Strand

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
