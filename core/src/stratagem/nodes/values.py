"""The objects that node functions use: control choices, body calls, deferred inputs, variables, the step's context."""

import logging
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, final

from attrs import define

T_co = TypeVar("T_co", covariant=True)


class Branch:
    """Return this to choose which control outputs go on.

    Args:
        ports: the control outputs that are live; none means that the path ends here.
        value: what the data outputs get, as if it were returned plainly.
    """

    __slots__ = ("ports", "value")

    def __init__(self, *ports: str, value: Any = None) -> None:
        self.ports = ports
        self.value = value

    def __repr__(self) -> str:
        return f"Branch({', '.join(map(repr, self.ports))}, value={self.value!r})"


@final
class Nothing:
    """The type of `NOTHING`: as part of an annotation (``list[str] | Nothing``) it says that an output may be missing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "NOTHING"  # the one object itself, also where it was copied or pickled


NOTHING: Final = Nothing()
"""Returned, or in a field of what is returned: this output is not given in this run. It reads like that of a node that
was skipped, and control goes on."""


class LeaveLoop(Exception):  # noqa: N818 - control flow, not an error
    """Leaves bodies up to the nearest loop; ``loop`` names a loop further out by its node id."""

    def __init__(self, loop: str | None = None) -> None:
        super().__init__(loop)
        self.loop = loop

    def concerns(self, node_id: str) -> bool:
        """Return whether the loop ``node_id`` is the one to leave."""
        return self.loop is None or self.loop == node_id


class BreakLoop(LeaveLoop):
    """Raised in a body: ends the loop."""


class ContinueLoop(LeaveLoop):
    """Raised in a body: ends this pass of the loop."""


class Body(Protocol):
    """A body of the node, as an async callable: runs the nested plan once and returns the body's ``result``.

    ``ports`` are what the body reads as ``{{owner.port}}``; ``variables`` are names of its own that hide outer ones.
    With ``isolated`` the body writes variables to a layer of its own, dropped at its end: what a body that runs
    concurrently with itself must ask for. Else its writes go through to the scope around it.

    What a call is about is for errors, logs, progress and reports alone, such as ``each[3] / fill (row 3 of 5: 'd')``:
    ``item`` is what this call is for, of which a short text without secrets is shown, ``of`` how many calls there will
    be in all, and ``number`` the place of this one, counted from 0. Without it calls are numbered as they come; a node
    that calls a body several times at once gives it, so that numbers follow items and not time. Nothing is made of
    them until somebody asks.

    Raises:
        StepFailed: a step of the body failed.
        BreakLoop, ContinueLoop: a step of the body left the loop.
    """

    async def __call__(
        self,
        ports: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        isolated: bool = False,
        item: Any = NOTHING,
        of: int | None = None,
        number: int | None = None,
    ) -> Any: ...


Bodies = Mapping[str, Body]
"""Annotates a parameter that takes all bodies of the node that no other parameter names, in document order."""


@define
class SubflowResult:
    """The outcome of a finished subflow: its ``result`` and its variables as they were at its end."""

    result: Any
    variables: dict[str, Any]
    """Its variables by name."""


class Handle(Protocol):
    """A subflow that was started and left running."""

    @property
    def done(self) -> bool:
        """Return whether it has ended."""

    async def wait(self) -> SubflowResult:
        """Waits for its end; raises StepFailed as the subflow did, RunError if it was cancelled."""

    def cancel(self) -> None:
        """Cancels it; a no-op once it has ended."""


class Subflow(Protocol):
    """Another workflow, compiled with the one that names its file."""

    async def __call__(self, variables: Mapping[str, Any] | None = None) -> SubflowResult:
        """Runs it with these values for its variables; raises StepFailed as the subflow did."""

    def start(self, variables: Mapping[str, Any] | None = None, *, detached: bool = False) -> Handle:
        """Starts it beside the steps that follow.

        The run waits for it at its end, and takes it along when it fails or is cancelled. A ``detached`` one is a run
        of its own, which the kernel owns until it closes.
        """


class Deferred(Protocol[T_co]):
    """Annotates an input that is resolved whenever the node calls it, such as the condition of a loop."""

    def __call__(self) -> T_co: ...


class Variables(Protocol):
    """The variables that the step sees, with those of the scopes around it."""

    def __getitem__(self, name: str) -> Any: ...

    def __setitem__(self, name: str, value: Any) -> None: ...

    def __delitem__(self, name: str) -> None: ...

    def __contains__(self, name: object) -> bool: ...

    def __iter__(self) -> Iterator[str]: ...


class Context(Protocol):
    """A node's view of the step that it is run as.

    ``log`` is a standard-library logger that carries node and run; ``random`` is seeded from the workflow's seed and
    the step, so that equal runs draw equal numbers on any scheduler; ``directory`` is where relative paths start:
    the folder of the file that the node stands in.
    ``trace_headers()`` gives the headers that a request should have, ``trace_environment()`` the variables that a process
    should, so that a trace of the run goes on in whoever gets them; both are empty in a run that is not traced.
    ``artifact(path, kind)`` tells of a file that the node has kept, such as the ``screenshot`` of a failure;
    ``notice(text)`` of something odd that reports show with the step, whatever becomes of it.
    """

    node_id: str
    """The node's id."""
    run_id: str
    """The run's id."""
    attempt: int
    """The number of the attempt, from 1."""
    at_once: int
    """The calls of its body that a loop may have at work though it would make them one after the other: 1, but where a
    pass of the plan says that nothing shows it, see `Plan.revised`."""
    log: logging.LoggerAdapter[logging.Logger]
    random: random.Random
    directory: Path
    metric: Callable[..., None]
    """Record one measurement: ``name``, ``value``, ``unit``, attributes."""
    artifact: Callable[..., None]
    notice: Callable[[str], None]
    trace_headers: Callable[[], dict[str, str]]
    trace_environment: Callable[[], dict[str, str]]
