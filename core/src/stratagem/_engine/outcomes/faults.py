"""Faults: who has raised what, and which errors a run keeps."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from traceback import clear_frames, walk_tb
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from stratagem._engine.outcomes.unwrap import unwrap
from stratagem.errors import PluginError, PluginFailed, StepFailed, StratagemError, describe
from stratagem.strategies import Provided

if TYPE_CHECKING:
    from stratagem._engine.parts import Frame, Run, StepRun
    from stratagem.plan import Step
    from stratagem.plugins.base import Plugin

log = logging.getLogger("stratagem.engine")

HINT = "No node is to blame: report it to the plugin's authors, or take the plugin out of the config."

OF_THE_STEP = ("stratagem.templates.", "stratagem.inputs.", "stratagem.plan.", "stratagem.reference.instances.")
"""The modules that resolvers call into templates and classes of nodes through."""

Make = Callable[[], AbstractAsyncContextManager[Any]]


def plugin_failed(strategy: Provided, error: BaseException) -> PluginFailed:
    """The error that tells which plugin's object has raised ``error``; of several on its way, the innermost one."""
    owner, asked, place = strategy, None, type(strategy).__name__
    for frame, _ in walk_tb(error.__traceback__):
        found = frame.f_locals.get("self") if frame.f_code.co_argcount else None
        if not isinstance(found, Provided) or found is asked or _is_base(frame):
            continue
        asked, place = found, _place(frame)
        owner = found if found.provider else owner
    return failed_in(owner._answered_by, place, error)


def _place(frame: FrameType) -> str:
    """Return the method that runs, ``Class.method``, or the function that a method has made, ``Class.method.name``."""
    *outer, inner = frame.f_code.co_qualname.split(".<locals>.")
    return inner if "." in inner or not outer else f"{outer[-1]}.{inner}"


def _is_base(frame: FrameType) -> bool:
    """Return whether the function is one that strategies inherit, and that calls what they have written themselves."""
    return bool(frame.f_globals.get("__name__") == Provided.__module__)


def failed_in(plugin: Plugin | None, place: str, error: BaseException) -> PluginFailed:
    """The error that ``plugin`` has raised ``error`` at ``place``; None stands for a strategy that no hook gave."""
    name = "that the kernel's caller gave" if plugin is None else repr(plugin.title)
    failed = PluginFailed(
        f"the plugin {name} failed in {place}: {describe(error).rstrip('. ')}",
        provider=(plugin.distribution or None) if plugin is not None else None,
        hint=HINT,
    )
    failed.__cause__ = error
    return failed


def end_by(run: Run, failure: PluginFailed) -> None:
    """Ends the run with a plugin's failure: nothing more is started, what runs is cancelled, what is done stays."""
    if not any(failure.what == known.what for known in run.faults):  # what is broken breaks again on the way out
        run.faults.append(failure)
    frames: dict[Frame, None] = {}
    for strand in run.strands:
        for frame in (strand.frame, strand.current.frame if strand.current is not None else None):
            while frame is not None:
                frames[frame] = None
                frame = frame.owner.frame if frame.owner is not None else None
    for frame in (*frames, run.frame):
        frame.stop(failure)


def cut_off(ready: StepRun, failure: PluginFailed) -> None:
    """Settles a step that a plugin's failure came out of: not as failed, but as cancelled with its run."""
    end_by(ready.run, failure)
    ready.run.drop(ready)


def blame(run: Run, strategy: Provided, error: Exception) -> PluginFailed:
    """Ends the run with what ``strategy`` has raised, and gives the error that tells so."""
    failure = error if isinstance(error, PluginFailed) else plugin_failed(strategy, error)
    failure.what = run.services.secrets.redact(failure.what)
    failure.args = (failure.what,)
    end_by(run, failure)
    return failure


def break_off(run: Run, strategy: Provided, error: Exception) -> NoReturn:
    """Ends the run with what ``strategy`` has raised, and raises the error that tells so."""
    raise blame(run, strategy, error)  # whose cause is set, unless it is the very error


def answer_for(run: Run, strategy: Provided, error: Exception, step: Step) -> NoReturn:
    """Raises what came out of a strategy object: as it is where it is the step's, else as the plugin's failure."""
    own = unwrap(error)
    if is_refusal(own) or _is_of_step(own, step):
        raise own
    break_off(run, strategy, error)


def is_refusal(error: BaseException) -> bool:
    """Return whether a strategy says by the error, which its contract allows, that the step can't be run now."""
    return isinstance(error, StratagemError) and not isinstance(error, PluginError)


def _is_of_step(error: BaseException, step: Step) -> bool:
    """Return whether a template, or the class of a node, has raised what came out of a resolver."""
    node = step.spec.handler
    own = f"{getattr(node, '__qualname__', '')}."
    for frame, _ in walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if f"{module}.".startswith(OF_THE_STEP):
            return True
        if step.spec.stateful and module == node.__module__ and frame.f_code.co_qualname.startswith(own):
            return True
    return False


class Lent:
    """A loan of a strategy object to a step, entered and left such that each error is told as its owner's.

    A fault in leaving it takes nothing from the step, which has its value or its own error by then.
    """

    __slots__ = ("_context", "_make", "_run", "_step", "_strategy")

    def __init__(self, ready: StepRun, strategy: Provided, make: Make) -> None:
        self._run = ready.run
        self._step = ready.step
        self._strategy = strategy
        self._make = make

    async def __aenter__(self) -> Any:
        try:
            self._context = self._make()
            return await self._context.__aenter__()
        except Exception as error:
            answer_for(self._run, self._strategy, error, self._step)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            swallowed = await self._context.__aexit__(kind, error, traceback)
        except Exception as raised:
            self._left_with(raised, error)
            return
        if swallowed and error is not None and not isinstance(error, Exception):
            # its scope is gone, so that nothing would take the cancellation up
            break_off(self._run, self._strategy, RuntimeError("it swallowed the cancellation of a step"))

    def _left_with(self, raised: Exception, error: BaseException | None) -> None:
        """Raises what is the step's to tell; a node's own error goes on by itself."""
        own = unwrap(raised)
        if error is not None and own is unwrap(error):
            return
        if is_refusal(own) or _is_of_step(own, self._step) or (error is not None and own.__cause__ is error):
            raise own
        blame(self._run, self._strategy, raised)


E = TypeVar("E", bound=BaseException)

LONGEST = 1000
"""Characters of a text that an error is kept with."""

KEPT = "_kept"

LIGHT = (str, int, float, bool, type(None))


class KeptError(Exception):
    """Stands for an error that held more than text and numbers: its text is the class and message of that one."""


def kept(failure: StepFailed) -> StepFailed:
    """Return what is kept of a failed step's error; the same object however often it is asked for."""
    known: StepFailed | None = vars(failure).get(KEPT)
    if known is None:
        known = _copied(failure) or StepFailed(failure.what)
        known.__cause__ = _light(failure.__cause__)
        vars(failure)[KEPT] = known
    return known


def let_go(error: BaseException | None) -> None:
    """Clear what the frames hold that an error and those behind it went through; their lines stay."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        clear_frames(error.__traceback__)
        waiting += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]


def _light(error: BaseException | None) -> BaseException | None:
    if error is None:
        return None
    if isinstance(error, StepFailed):
        return kept(error)
    copy = _copied(error) if isinstance(error, StratagemError) or _is_light(error) else None
    return copy if copy is not None and describe(copy) == describe(error) else KeptError(describe(error)[:LONGEST])


def _is_light(error: BaseException) -> bool:
    """Return whether a copy of the same class would hold text and numbers alone, and not too much of them."""
    values = (*error.args, *(value for key, value in vars(error).items() if key != "__notes__"))
    return all(isinstance(value, LIGHT) and (type(value) is not str or len(value) <= LONGEST) for value in values)


def _copied(error: E) -> E | None:
    """Return an equal error without traceback, cause and context; None where its class can't be made so.

    Its ``__init__`` is not called, so what a class does there is not done twice.
    """
    kind = type(error)
    try:
        copy: E = kind.__new__(kind, *error.__reduce__()[1])  # an OSError's arguments are not all in its args
    except Exception:  # whatever the class's own code raises: its text is kept instead
        return None
    copy.args = error.args
    copy.__dict__.update({key: value for key, value in vars(error).items() if key != KEPT})
    return copy
