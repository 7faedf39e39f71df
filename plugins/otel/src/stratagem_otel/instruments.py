"""The instruments: of runs, of nodes, and of whatever strategies and nodes measure."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from stratagem_otel import names
from stratagem_otel.durations import Durations, Key
from stratagem_otel.failures import cause
from stratagem_otel.kinds import Kind, bounded, buckets_of, kind_of, valid_name, valid_unit
from stratagem_otel.process import observe_process

if TYPE_CHECKING:
    from stratagem import Run

log = logging.getLogger("stratagem.otel")

MOST = 500
"""The number of measurements of different names that are taken in; a name that has an id in it would make ever more."""

Measure = Callable[[float, Mapping[str, Any]], None]


class Instruments:
    """All that is measured of one kernel's runs.

    Args:
        chosen: name patterns of measurements → what they are, see `kind_of`.
    """

    def __init__(self, meter: Meter, nodes: Durations, runs: Durations, chosen: Mapping[str, Kind]) -> None:
        self.durations = nodes
        self.runs: set[Run] = set()
        self._run_durations = runs
        self._counts: Counter[tuple[str, str]] = Counter()
        self._meter = meter
        self._chosen = chosen
        self._measures: dict[str, Measure] = {}
        self._told = False
        meter.create_observable_counter(
            "workflow.run.steps", [self._ended_steps], "{step}", "Steps of runs by how they ended"
        )
        self._errors = meter.create_counter("workflow.node.errors", "{error}", "Failed attempts by node type")
        meter.create_observable_up_down_counter("workflow.run.active", [self._active_runs], "{run}", "Running runs")
        meter.create_observable_up_down_counter(
            "workflow.node.active",
            [self._active_nodes],
            "{node}",
            "Running nodes, those not counted that own bodies or wait",
        )
        observe_process(meter)

    def run_ended(self, run: Run, outcome: str, seconds: float, error: BaseException | None) -> None:
        """Takes in a run as a whole."""
        name = run.workflow.name
        for how, count in run.counts.items():
            if count:
                self._counts[name, how] += count
        key: Key = ((names.WORKFLOW, name), (names.OUTCOME, outcome))
        if error is not None:
            key = (*key, (names.ERROR_TYPE, names.type_of(cause(error))))
        self._run_durations.series(key).add(seconds)

    def node_failed(self, type_: str, error: BaseException) -> None:
        """Takes in a failed attempt of a step."""
        self._errors.add(1, {names.NODE_TYPE: type_, names.ERROR_TYPE: names.type_of(error)})

    def record(self, name: str, value: float, unit: str, attributes: Mapping[str, Any]) -> None:
        """Takes in a measurement of whatever it may be."""
        measure = self._measures.get(name)
        if measure is None:
            if len(self._measures) >= MOST:
                self._refuse(name)
                return
            measure = self._measures[name] = self._made(name, unit)
        measure(value, bounded(attributes))

    def _made(self, name: str, unit: str) -> Measure:
        kind, meter = kind_of(name, unit, self._chosen), self._meter
        named, unit = valid_name(name), valid_unit(unit)
        if kind == "none":
            return lambda value, attributes: None
        if kind == "counter":
            return meter.create_counter(named, unit).add
        if kind == "gauge":
            return meter.create_gauge(named, unit).set
        bounds = buckets_of(name, unit)
        return meter.create_histogram(named, unit, explicit_bucket_boundaries_advisory=bounds).record

    def _refuse(self, name: str) -> None:
        if not self._told:
            self._told = True
            log.warning("there are measurements of %d names: %r and further ones become no metrics", MOST, name)

    def _ended_steps(self, options: CallbackOptions) -> Iterable[Observation]:
        counts = tuple(self._counts.items())
        return [Observation(count, {names.WORKFLOW: name, names.OUTCOME: how}) for (name, how), count in counts]

    def _active_runs(self, options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(len(self.runs))]

    def _active_nodes(self, options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(sum(run.busy for run in tuple(self.runs)))]
