"""The plugin that a config names ``casare``: what flows may do to this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from stratagem import Plugin, ResourceProvider, StepContext, hookimpl
from stratagem_casare.nodes.registry import COMMANDS, SCRIPTS
from stratagem_casare.processes import Finished, run_program

if TYPE_CHECKING:
    from stratagem import ResourceRequest, Run, StepRun

RunProgram = Callable[..., Awaitable[Finished]]
"""The resource that is leased: `run_program`."""


@frozen
class CasareSettings:
    """``[settings.casare]``: whether flows may run Python code of their own, and commands of this machine."""

    allow_scripts: bool = False
    allow_commands: bool = False


class CasarePlugin(Plugin):
    """Lets the nodes that run scripts and commands do so, as far as its settings allow it."""

    Settings: ClassVar[type[CasareSettings]] = CasareSettings

    def __init__(self, settings: CasareSettings | None = None) -> None:
        super().__init__(settings)
        allowed = ((SCRIPTS, self.settings.allow_scripts), (COMMANDS, self.settings.allow_commands))
        self.provides = tuple(kind for kind, yes in allowed if yes)

    @hookimpl
    def acquire_resource(self, run: Run, kind: str) -> Programs | None:
        """Return what runs programs, for a kind that is allowed."""
        return Programs() if kind in (self.provides or ()) else None


class Programs(ResourceProvider):
    """Leases the function that runs programs."""

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
        """`run_program`, in an environment that tells of the step."""
        return _leased(step)


@asynccontextmanager
async def _leased(step: StepRun) -> AsyncIterator[RunProgram]:
    variables = StepContext(step).trace_environment()
    yield partial(run_program, variables=variables) if variables else run_program
