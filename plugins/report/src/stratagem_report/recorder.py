"""RunRecorder: writes down what happens in a run, while it happens."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from platform import python_version
from time import perf_counter
from types import TracebackType
from typing import Any

from attrs import asdict

from stratagem import Plan, Recorder, Run, StepRun, ending_of, jsonable, pass_of, text_of
from stratagem_report.digests import results_of
from stratagem_report.plan_lines import NodeNumbers
from stratagem_report.writer import RecordWriter

VERSION = 1
"""The version of the record's own format."""

MAX_ERROR = 4000
"""Characters of an error's text that are kept."""


class RunRecorder(Recorder):
    """Writes a line for each thing that happens: times are seconds since the run began, rounded to microseconds.

    ``run`` tells of the run, ``node`` of each node of its plan, numbered by ``n``; ``begin`` and ``end`` of each
    attempt of a step, numbered by ``x``, ``of`` the attempt of the step around it and its ``pass``, whose ``row`` is told
    where the first steps of a pass begin; ``skip`` and ``event`` as recorders are told; ``over`` how it ended.
    """

    _run: Run
    _numbers: NodeNumbers

    def __init__(self, writer: RecordWriter, *, values: bool = False) -> None:
        self._writer = writer
        self._values = values
        self._running: dict[StepRun, int] = {}
        self._last = self._seen = 0
        self._begun = perf_counter()

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        self._run = run
        self._tell_run()
        self._tell_nodes(run.plan)
        self._begun = perf_counter()
        try:
            yield
        finally:
            self._tell_end()
            self._writer.close()

    def step(self, step: StepRun) -> AbstractContextManager[Any]:
        return Attempt(self, step)

    def skipped(self, step: StepRun) -> None:
        self._seen += 1
        self._writer.put("skip", n=self._number(step), t=self._now(), **self._place(step))

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        told = self._masked(attributes)
        self._writer.put(
            "event", x=self._running.get(step), n=self._number(step), t=self._now(), what=name, **{"with": told}
        )

    def begin(self, step: StepRun) -> int:
        """An attempt begins; gives its number."""
        self._last = number = self._last + 1
        self._seen += step.attempt == 1
        self._running[step] = number
        place = step.frame.owner
        of = "" if place is None else f',"of":{self._running.get(place, 0)},"pass":{step.frame.number}'
        if place is not None and not step.step.needs and (row := pass_of(step.frame)) is not None:
            of += f',"row":{json.dumps(str(row))}'
        again = f',"try":{step.attempt}' if step.attempt > 1 else ""
        n = self._number(step)
        self._writer.write(f'{{"k":"begin","x":{number},"n":{n},"t":{self._now()}{of}{again}}}')
        return number

    def end(self, step: StepRun, number: int, error: BaseException | None) -> None:
        """An attempt has ended."""
        self._running.pop(step, None)
        if error is None:
            self._writer.write(f'{{"k":"end","x":{number},"t":{self._now()}}}')
            return
        how = ending_of(error)
        self._writer.put("end", x=number, t=self._now(), how=how, **({} if how == "done" else self._told(error)))

    def _tell_run(self) -> None:
        run = self._run
        self._writer.put(
            "run",
            must=True,
            record=VERSION,
            run=run.id,
            workflow=run.workflow.name,
            file=run.workflow.source,
            digest=self._digest(run.plan),
            started=datetime.now(UTC).isoformat(timespec="milliseconds"),
            places=run.places,
            scheduler=run.scheduler.provider or type(run.scheduler).__name__,
            resolver=run.resolver.provider or type(run.resolver).__name__,
            python=python_version(),
            platform=sys.platform,
        )

    def _tell_nodes(self, plan: Plan) -> None:
        self._numbers = NodeNumbers(plan)
        self._writer.put_all("node", self._numbers.lines())

    def _digest(self, plan: Plan) -> str:
        return plan.digest

    def _ended(self) -> dict[str, Any]:
        """Return what else is told of the end."""
        return {}

    def _tell_end(self) -> None:
        run, seconds = self._run, self._now()
        results, unresolved = results_of(run, self._masked, values=self._values)
        unhandled = next((handle.error for handle in run.handles if handle.error and not handle.waited), None)
        error = run.error or run.frame.error or unhandled or unresolved
        status = "failed" if error is not None else "cancelled" if run.frame.left or run.frame.stopped else "done"
        self._writer.put(
            "over",
            must=True,
            t=seconds,
            status=status,
            **(self._told(error) if error is not None else {}),
            steps=run.counts,
            metrics=self._masked({name: asdict(measure) for name, measure in run.measures.items()}),
            dropped=self._writer.dropped,
            **results,
            **self._ended(),
        )

    def _number(self, step: StepRun) -> int:
        return self._numbers.of(step.step)

    def _place(self, step: StepRun) -> dict[str, Any]:
        owner = step.frame.owner
        if owner is None:
            return {}
        row = pass_of(step.frame) if not step.step.needs else None
        told = {} if row is None else {"row": str(row)}
        return {"of": self._running.get(owner, 0), "pass": step.frame.number, **told}

    def _now(self) -> float:
        return round(perf_counter() - self._begun, 6)

    def _told(self, error: BaseException) -> dict[str, Any]:
        """The error's text; what it has too much is cut off only when secrets are masked, so that no half of one stays."""
        text: str = self._masked(f"{type(error).__name__}: {text_of(error)}")
        return {"error": text[:MAX_ERROR]}

    def _masked(self, value: Any) -> Any:
        return self._run.services.secrets.redact(jsonable(value))


class Attempt:
    """The context around one attempt."""

    __slots__ = ("_number", "_recorder", "_step")

    def __init__(self, recorder: RunRecorder, step: StepRun) -> None:
        self._recorder = recorder
        self._step = step

    def __enter__(self) -> None:
        self._number = self._recorder.begin(self._step)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._recorder.end(self._step, self._number, error)
