"""Read-only views of a run for strategies and plugins, which the engine's own classes satisfy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from anyio.abc import TaskGroup

from stratagem.config.model import Config
from stratagem.measures import Measure
from stratagem.model import Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.options import RunOptions
from stratagem.plan import Plan, Step
from stratagem.scope import Scope
from stratagem.secrets import NotedSecrets
from stratagem.usual import Usual
from stratagem.ways import Way


class StrategyInUse(Protocol):
    """A strategy in use; ``provider`` is the plugin that it came from and its distribution."""

    @property
    def provider(self) -> str:
        """The plugin that it came from, and its distribution."""


class Services(Protocol):
    """Services that the runs of a kernel share: its secrets, and the current folder when it was opened."""

    @property
    def secrets(self) -> NotedSecrets:
        """The secrets of the kernel; they also `redact` texts."""

    @property
    def directory(self) -> Path:
        """The current folder when the kernel was opened."""


class BodyCalls(Protocol):
    """The calls of a body: how many have begun and ended, and how many there will be, where the owner has said so."""

    @property
    def begun(self) -> int:
        """The number of calls that have begun."""

    @property
    def ended(self) -> int:
        """The number of calls that have ended."""

    @property
    def of(self) -> int | None:
        """The number of calls that there will be, where the owner has said so."""


class Started(Protocol):
    """A subflow that goes on beside the steps that follow its start; ``waited`` tells whether a step waits for it."""

    @property
    def error(self) -> Exception | None:
        """The error that it failed with, once it has."""

    @property
    def waited(self) -> bool:
        """Return whether a step waits for it."""


class Run(Protocol):
    """One execution of a workflow."""

    usual: Mapping[str, Usual]
    """The times that nodes take, by id: a plugin that knows earlier runs may set it."""

    @property
    def id(self) -> str:
        """The run's id, unique in the kernel."""

    @property
    def workflow(self) -> Workflow:
        """The workflow that is run."""

    @property
    def plan(self) -> Plan:
        """The plan of the workflow."""

    @property
    def options(self) -> RunOptions:
        """The options of this run."""

    @property
    def services(self) -> Services:
        """The services that the runs of the kernel share."""

    @property
    def scheduler(self) -> StrategyInUse:
        """The scheduler, once all hooks have answered."""

    @property
    def resolver(self) -> StrategyInUse:
        """The resolver, once all hooks have answered."""

    @property
    def frame(self) -> Frame:
        """The execution of the workflow's own plan."""

    @property
    def starter(self) -> StepRun | None:
        """The step of another run that started this one beside it."""

    @property
    def handles(self) -> Iterable[Started]:
        """The subflows that were started."""

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of steps that have ended, by how they ended."""

    @property
    def failures(self) -> Sequence[Exception]:
        """The errors of failed steps so far."""

    @property
    def measures(self) -> Mapping[str, Measure]:
        """The measurements so far, by name."""

    @property
    def error(self) -> BaseException | None:
        """The error that has ended the run early, so far."""

    @property
    def group(self) -> TaskGroup:
        """For tasks that are to end with the run."""

    @property
    def busy(self) -> int:
        """The number of steps at work, without those that own bodies or wait for a resource; any thread may ask."""

    @property
    def places(self) -> int:
        """The number of steps that may run at once."""

    def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """Take in one measurement, for the recorders and for the result's metrics."""

    def propagate(self, ready: Any) -> dict[str, str]:
        """The headers that a request of the step should carry, see `Recorder.propagate`."""

    def rebind(self, step: Step) -> None:
        """Have the resolver asked anew how ``step`` is run, when the run next comes to it."""

    def tell(self, ready: Any, event: str, **attributes: Any) -> None:
        """Tell the recorders what has happened to a step, see `Recorder.event`."""


class Frame(Protocol):
    """One execution of a plan: of the workflow's, or of a body's or subflow's at one call."""

    @property
    def run(self) -> Run:
        """The run that it belongs to."""

    @property
    def plan(self) -> Plan:
        """The plan that it executes."""

    @property
    def scope(self) -> Scope:
        """The values that templates read."""

    @property
    def values(self) -> Sequence[Any]:
        """The value of each step, or an `Absent`, by index."""

    @property
    def owner(self) -> StepRun | None:
        """The step that called it; None for the workflow's own."""

    @property
    def number(self) -> int:
        """The number of the call of the body by that owner, from 0."""

    @property
    def item(self) -> Any:
        """The subject of the call, such as the item of a loop."""

    @property
    def call(self) -> BodyCalls | None:
        """The calls of the body, if it is one of several."""

    @property
    def left(self) -> int:
        """The number of unsettled steps that nothing waits for: at 0, all are settled."""

    @property
    def stopped(self) -> bool:
        """Return whether it was ended early."""

    @property
    def error(self) -> BaseException | None:
        """The error that has ended it early."""

    @property
    def apart(self) -> bool:
        """Return whether it runs beside the steps that follow its owner."""

    @property
    def after(self) -> float:
        """The longest way from the owner's end to the run's, in seconds."""

    @property
    def chosen(self) -> Mapping[int, tuple[str, ...]] | None:
        """The control outputs that steps have chosen, by index of the step; None where none has."""

    @property
    def home(self) -> Frame:
        """The frame that keeps what is opened in this one: the nearest that has variables of its own."""

    def live(self, source: int, port: str) -> bool:
        """Return whether control goes on from the settled step ``source`` through ``port``."""

    @property
    def source(self) -> str | None:
        """The file of the workflow that its steps stand in."""

    @property
    def directory(self) -> Path:
        """The folder in which relative paths of its steps start."""


class StepRun(Protocol):
    """One execution of a step, as schedulers, resolvers, providers and recorders see it."""

    @property
    def step(self) -> Step:
        """The step of the plan."""

    @property
    def frame(self) -> Frame:
        """The execution of the plan that it belongs to."""

    @property
    def run(self) -> Run:
        """The run that it belongs to."""

    @property
    def attempt(self) -> int:
        """The number of the attempt, from 1."""

    @property
    def key(self) -> tuple[int, ...]:
        """The place in the order of the reference run: keys compare as the steps would follow each other there."""

    @property
    def priority(self) -> float:
        """The estimated seconds from its start to the run's end on the longest way."""

    @property
    def expired(self) -> bool:
        """Return whether it is being cancelled because its time is up."""

    @property
    def owner(self) -> StepRun | None:
        """The step whose body it is in."""

    def ancestors(self) -> Iterator[StepRun]:
        """The steps whose bodies and subflows it is in, from the inside out."""

    @property
    def way(self) -> Way:
        """The way on which the workflow leads to it, with the passes of loops."""


class KernelView(Protocol):
    """The kernel, as a plugin's lifespan sees it."""

    @property
    def config(self) -> Config:
        """The config in effect."""

    @property
    def catalog(self) -> Catalog:
        """The node types that may be used."""

    def compile(self, workflow: Workflow, variables: Mapping[str, Any] | None = None) -> Plan:
        """The plan of a workflow, for any number of runs."""

    async def run(
        self,
        workflow: Workflow | Plan,
        variables: Mapping[str, Any] | None = None,
        *,
        options: RunOptions | None = None,
    ) -> Any:
        """Run a workflow to its end, and return its result."""

    async def start(
        self,
        workflow: Workflow | Plan,
        variables: Mapping[str, Any] | None = None,
        *,
        options: RunOptions | None = None,
    ) -> Any:
        """Start a run in a task of the kernel, and return the handle to control it."""
