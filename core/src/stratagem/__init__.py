"""Stratagem: a workflow kernel for process automation in which every execution strategy is a plugin."""

from typing import TYPE_CHECKING

from stratagem.lazy import names_at_home

if TYPE_CHECKING:
    from stratagem.config import Config
    from stratagem.engine.events import RunEnded, RunStarted, StepEnded, StepStarted
    from stratagem.engine.handle import RunHandle
    from stratagem.engine.result import RunResult
    from stratagem.hookspecs import hookimpl
    from stratagem.kernel import Kernel
    from stratagem.measures import Measure
    from stratagem.model import Cache, Connection, Graph, Limits, Node, ResourceRequest, Retry, Settings, Workflow
    from stratagem.nodes import (
        Bodies,
        Body,
        Branch,
        BreakLoop,
        Context,
        ContinueLoop,
        Deferred,
        Example,
        NodeSpec,
        Pack,
        Subflow,
        Variables,
    )
    from stratagem.nodes.catalog import Catalog
    from stratagem.options import RunOptions
    from stratagem.outcomes import Done, Failed, Skipped
    from stratagem.plan import Plan, Step
    from stratagem.plugins.base import Plugin
    from stratagem.plugins.configfile import default_profile, load_config, read_config
    from stratagem.scope import Scope
    from stratagem.strategies import Recorder, Remembered, Resolver, ResolverWrapper, ResourceProvider, Scheduler
    from stratagem.templates.secret import Secret
    from stratagem.views import Frame, KernelView, Run, StepRun

__version__ = "0.1.0"

_HOMES = {
    "stratagem.config": ("Config",),
    "stratagem.engine.events": ("RunEnded", "RunStarted", "StepEnded", "StepStarted"),
    "stratagem.engine.handle": ("RunHandle",),
    "stratagem.measures": ("Measure",),
    "stratagem.options": ("RunOptions",),
    "stratagem.outcomes": ("Done", "Failed", "Skipped"),
    "stratagem.engine.result": ("RunResult",),
    "stratagem.hookspecs": ("hookimpl",),
    "stratagem.kernel": ("Kernel",),
    "stratagem.model": (
        "Cache",
        "Connection",
        "Graph",
        "Limits",
        "Node",
        "ResourceRequest",
        "Retry",
        "Settings",
        "Workflow",
    ),
    "stratagem.nodes": (
        "Bodies",
        "Body",
        "Branch",
        "BreakLoop",
        "Context",
        "ContinueLoop",
        "Deferred",
        "Example",
        "NodeSpec",
        "Pack",
        "Subflow",
        "Variables",
    ),
    "stratagem.nodes.catalog": ("Catalog",),
    "stratagem.plan": ("Plan", "Step"),
    "stratagem.plugins.base": ("Plugin",),
    "stratagem.plugins.configfile": ("default_profile", "load_config", "read_config"),
    "stratagem.strategies": ("Recorder", "Remembered", "Resolver", "ResolverWrapper", "ResourceProvider", "Scheduler"),
    "stratagem.scope": ("Scope",),
    "stratagem.templates.secret": ("Secret",),
    "stratagem.views": ("Frame", "KernelView", "Run", "StepRun"),
}
__getattr__ = names_at_home(__name__, _HOMES)

__all__ = [
    "Bodies",
    "Body",
    "Branch",
    "BreakLoop",
    "Cache",
    "Catalog",
    "Config",
    "Connection",
    "Context",
    "ContinueLoop",
    "Deferred",
    "Done",
    "Example",
    "Failed",
    "Frame",
    "Graph",
    "Kernel",
    "KernelView",
    "Limits",
    "Measure",
    "Node",
    "NodeSpec",
    "Pack",
    "Plan",
    "Plugin",
    "Recorder",
    "Remembered",
    "Resolver",
    "ResolverWrapper",
    "ResourceProvider",
    "ResourceRequest",
    "Retry",
    "Run",
    "RunEnded",
    "RunHandle",
    "RunOptions",
    "RunResult",
    "RunStarted",
    "Scheduler",
    "Scope",
    "Secret",
    "Settings",
    "Skipped",
    "Step",
    "StepEnded",
    "StepRun",
    "StepStarted",
    "Subflow",
    "Variables",
    "Workflow",
    "default_profile",
    "hookimpl",
    "load_config",
    "read_config",
]


def __dir__() -> list[str]:
    return [*globals(), *__all__]
