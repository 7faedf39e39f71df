"""Injection: what the kernel hands to a node besides its inputs, and what a node may know of its step."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stratagem._engine.calling.flows import BodyCall, FlowCall
from stratagem.variables import LeftVariables

if TYPE_CHECKING:
    from stratagem import views
    from stratagem._engine.parts import StepRun
    from stratagem.plan import Step
    from stratagem.templates.masker import Masker

    Inject = Callable[[StepRun, dict[str, Any]], None]
    Maker = Callable[[StepRun], Any]


def injector(step: Step) -> Inject | None:
    """The function that adds to a step's inputs what its node type asks for; None if it asks for nothing."""
    spec = step.spec
    makers: list[tuple[str, Maker]] = []
    variables = _variables if spec.is_async or spec.runs == "loop" else _left_variables
    for parameter, what in spec.injected.items():
        made = {"context": StepContext, "variables": variables, "bodies": _others(step), "leases": _leases}
        makers.append((parameter, made[what]))
    for name, port in spec.bodies.items():
        makers.append((port.parameter, _body(step, name)))
    makers += [(spec.inputs[name].parameter, _flow(step, name)) for name in step.flows]
    if not makers:
        return None
    if len(makers) == 1:
        return _only(*makers[0])
    if len(makers) == 2:
        return _both(*makers[0], *makers[1])

    def inject(ready: StepRun, inputs: dict[str, Any]) -> None:
        for parameter, make in makers:
            inputs[parameter] = make(ready)

    return inject


def _only(parameter: str, make: Maker) -> Inject:
    if make is _variables:

        def inject_variables(ready: StepRun, inputs: dict[str, Any]) -> None:
            inputs[parameter] = ready.frame.scope.variables

        return inject_variables

    def inject(ready: StepRun, inputs: dict[str, Any]) -> None:
        inputs[parameter] = make(ready)

    return inject


def _both(first: str, make_first: Maker, second: str, make_second: Maker) -> Inject:
    def inject(ready: StepRun, inputs: dict[str, Any]) -> None:
        inputs[first] = make_first(ready)
        inputs[second] = make_second(ready)

    return inject


def _variables(ready: StepRun) -> Any:
    return ready.frame.scope.variables


def _left_variables(ready: StepRun) -> Any:
    return LeftVariables(ready.frame.scope.variables)


def _leases(ready: StepRun) -> Any:
    from stratagem._engine.leases.leases import StepLeases

    return StepLeases(ready)


def _others(step: Step) -> Callable[[StepRun], Any]:
    rest = [name for name in step.bodies if name not in step.spec.bodies]
    return lambda ready: {name: BodyCall(ready, step.bodies[name]) for name in rest}


def _body(step: Step, name: str) -> Callable[[StepRun], Any]:
    plan = step.bodies.get(name)
    return lambda ready: None if plan is None else BodyCall(ready, plan)


def _flow(step: Step, name: str) -> Callable[[StepRun], Any]:
    plan = step.flows[name]
    return lambda ready: FlowCall(ready, plan)


log = logging.getLogger("stratagem.node")


class MaskedLog(logging.LoggerAdapter[logging.Logger]):
    """Logs messages with secrets masked, so that no handler writes them down, whoever has set it up."""

    def __init__(self, logger: logging.Logger, extra: dict[str, object], masker: Masker) -> None:
        super().__init__(logger, extra)
        self._masker = masker

    def log(self, level: int, msg: object, *args: object, **how: Any) -> None:
        """Logs the message as all loggers do."""
        if self._masker and self.isEnabledFor(level):
            record = logging.LogRecord("", level, "", 0, msg, args, None)
            msg, args = self._masker.masked(record.getMessage()), ()
        how["stacklevel"] = how.get("stacklevel", 1) + 1  # the record tells where the node logs, not this line
        super().log(level, msg, *args, **how)


class StepContext:
    """Implements `stratagem.Context` for one step."""

    def __init__(self, ready: views.StepRun) -> None:
        self._ready = ready

    @property
    def node_id(self) -> str:
        """The node's id."""
        return self._ready.step.id

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._ready.run.id

    @property
    def attempt(self) -> int:
        """The number of the attempt, counted from 1."""
        return self._ready.attempt

    @property
    def at_once(self) -> int:
        """Return how many calls of a body the node may have at work: the run's places where a pass says so, else 1."""
        return self._ready.run.places if self._ready.step.at_once else 1

    @property
    def directory(self) -> Path:
        """Return where relative paths start.

        The folder of the node's own file, a subflow's too, else the current one.
        """
        return self._ready.frame.directory

    @cached_property
    def log(self) -> logging.LoggerAdapter[logging.Logger]:
        """A logger whose records carry ``node``, ``run`` and ``way``, and no secrets in their messages."""
        named = {"node": self.node_id, "run": self.run_id, "way": self._ready.way}
        return MaskedLog(log, named, self._ready.run.services.secrets.masker)

    @cached_property
    def random(self) -> random.Random:
        """Seeded from the run's seed and the step's place in program order, where the run has a seed."""
        seed = self._ready.run.options.seed
        return random.Random() if seed is None else random.Random(repr((seed, self._ready.key, self.attempt)))

    def trace_headers(self) -> dict[str, str]:
        """Return what the run's recorders want a request of the step to carry."""
        return self._ready.run.propagate(self._ready)

    def trace_environment(self) -> dict[str, str]:
        """`trace_headers` as environment variables, named as OpenTelemetry has it: in capitals, with underscores."""
        return {name.upper().replace("-", "_"): value for name, value in self.trace_headers().items()}

    def artifact(self, path: str | Path, kind: str = "file") -> None:
        """Tells the run's recorders of a file that the node has kept; a ``screenshot`` is shown by reports."""
        self._ready.run.tell(self._ready, "artifact", path=str(path), kind=kind)

    def notice(self, text: str) -> None:
        """Tells the run's recorders of something odd that the step has met; reports show it."""
        self._ready.run.tell(self._ready, "notice", text=text)

    def metric(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """Hands one measurement to the run's recorders, and to its result's metrics."""
        self._ready.run.record(name, value, unit, node=self.node_id, **attributes)
