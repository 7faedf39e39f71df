"""Kernel: holds plugins and shared resources, and runs workflows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from anyio import CancelScope, create_task_group
from anyio.abc import TaskGroup
from attrs import evolve

from stratagem._engine.running.lifespans import Lifespan
from stratagem._engine.services import Services
from stratagem._engine.watching.watchdog import Watchdog
from stratagem._hooks import Hooks
from stratagem._support.clock import current_backend, loop_clock
from stratagem.builtin import plain_resolve, reference_compile, sequential_schedule
from stratagem.config.model import Config
from stratagem.errors import HookMisuse, PluginFailed, PluginIncompatible, RunError
from stratagem.model import Workflow
from stratagem.nodes.catalog import Catalog, Environment
from stratagem.nodes.pack import Pack
from stratagem.plan import Plan
from stratagem.plugins.base import Plugin
from stratagem.secrets import NotedSecrets, secrets_of

if TYPE_CHECKING:
    from stratagem._engine.running.handle import RunHandle, RunResult
    from stratagem._engine.running.runner import Runner
    from stratagem.formats.base import Format
    from stratagem.nodes.kinds import Kinds
    from stratagem.options import Keep, RunOptions
    from stratagem.planning import Planned
    from stratagem.plugins.discovery import Installed
    from stratagem.views import StepRun

log = logging.getLogger("stratagem.kernel")


class Kernel:
    """Runs workflows with the strategies that a config chooses; an async context manager.

    Args:
        config: the strategies and defaults; the reference strategies where left out.
        plugins: further plugins, inside those that the config names.
        packs: packs to offer besides those of installed distributions; with ``packs`` and no config, only these.
        installed: what is installed, as it was read for the config; read now where left out.

    Raises:
        ConfigError, PluginError: the config can't be used as it is; nothing has been started then.
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        plugins: Iterable[Plugin] = (),
        packs: Iterable[Pack] = (),
        installed: Installed | None = None,
    ) -> None:
        self.config = config or Config()
        self._own = tuple(plugins), tuple(packs)
        own_plugins, own_packs = self._own
        self._installed = None if config is None else installed or _snapshot()
        _require_plugins(own_plugins)
        self.plugins = (*_configured(self.config, self._installed), *own_plugins)
        self.hooks = Hooks(self.plugins)
        self.secrets = NotedSecrets(secrets_of(self.config), self.config.settings)
        prefix = self.config.run.temporary
        environment = Environment(
            self.hooks.provided_kinds,
            self.secrets,
            self._load_flow,
            prefix,
            self._remedy,
            self._offering,
            self.hooks.compile,
        )
        self.catalog = _catalog(own_packs, self._installed, self.config, environment)
        self._formats: list[Format] | None = None
        self._stack = AsyncExitStack()
        self._group: TaskGroup | None = None
        self._services: Services | None = None
        self._watchdog: Watchdog | None = None
        self._runner: Runner | None = None
        self._state: Literal["closed", "open", "closing"] = "closed"
        self._faults: list[PluginFailed] = []

    async def __aenter__(self) -> Self:
        if self._state != "closed":
            raise RunError(
                f"the kernel is {self._state} already", hint="Enter it once: it runs any number of workflows."
            )
        self._check_backend()
        _clear_leftovers()
        self._state = "open"
        try:
            await self._open()
        except BaseException:
            self._close()
            raise
        return self

    async def _open(self) -> None:
        async with AsyncExitStack() as stack:
            self._services = Services(loop_clock(), Path.cwd(), self._start_apart, self._spawn, self.secrets)
            stack.push_async_callback(self._services.offload.close, self.config.run.grace)
            self._watchdog = Watchdog(self.config.run, self.plugins)
            stack.enter_context(self._watchdog)
            for plugin in self.plugins:
                await stack.enter_async_context(Lifespan(plugin, self, self._faults.append))
            self._group = await stack.enter_async_context(create_task_group())
            self._stack = stack.pop_all()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        self._state = "closing"
        if self._group is not None:
            self._group.cancel_scope.cancel()
        try:
            await self._stack.aclose()  # without the caller's own error, which the task group would only wrap
        finally:
            faults = self._close()
        if faults and error is not None and not isinstance(error, Exception):
            raise faults[0]  # its tasks have failed, which is what the caller was cancelled for

    def _close(self) -> list[PluginFailed]:
        """Lets go what belonged to this opening; tells of plugins that could not close, as results must not be lost."""
        self._services = self._watchdog = self._runner = self._group = None
        self._state = "closed"
        faults, self._faults = self._faults, []
        for fault in faults:
            log.error("%s", fault)
        return faults

    @property
    def formats(self) -> list[Format]:
        """The formats that files may be written in: core's own, and those of installed distributions."""
        if self._formats is None:
            from stratagem.formats.offered import offered_formats

            self._formats = offered_formats(self._installed or _snapshot())
        return self._formats

    def load(self, path: str | Path, format: str | None = None) -> Workflow:
        """Reads a workflow file.

        Raises:
            WorkflowError: it can't be read, or what it says can't be a workflow.
        """
        from stratagem.formats.read import read_workflow

        return read_workflow(path, self.formats, format)

    def fitted(self, workflow: Workflow) -> Kernel:
        """Return a kernel with a driver for each resource kind that the workflow needs; this one where none is to be taken.

        Only for a config without ``[resources]``, and for kinds of which one driver is installed. The plugins that the
        config names are made anew; use one of the two kernels.

        Raises:
            PluginConflict: several drivers are installed for a kind, and nodes can't do without it.
            ConfigError, PluginError: a driver can't be used.
        """
        return self._with_config(self.config_for(workflow))

    def fitted_to(self, kinds: Callable[[], Kinds]) -> Kernel:
        """As `fitted`, for what ``kinds`` gives, which is asked only where drivers may be taken at all."""
        return self._with_config(self._config_with(kinds))

    def _with_config(self, config: Config) -> Kernel:
        if config is self.config:
            return self
        own_plugins, own_packs = self._own
        return Kernel(config, plugins=own_plugins, packs=own_packs, installed=self._installed)

    def config_for(self, workflow: Workflow) -> Config:
        """The config with the drivers that `fitted` takes; raises as that does, but for drivers that can't be used."""
        from stratagem.nodes.kinds import kinds_of

        return self._config_with(lambda: kinds_of(workflow, self.catalog))

    def _config_with(self, kinds: Callable[[], Kinds]) -> Config:
        installed, provided = self._installed, self.catalog.environment.kinds
        if installed is None or provided is None:
            return self.config
        from stratagem.plugins.drivers import may_take_drivers, with_drivers

        if not may_take_drivers(self.config, installed):
            return self.config
        return with_drivers(self.config, kinds().without(provided), installed)

    @property
    def installed(self) -> Installed | None:
        """What is installed, as the kernel was made with it; None for one without a config."""
        return self._installed

    def planned(self, path: str | Path, variables: Iterable[str] = (), *, format: str | None = None) -> Planned[Kernel]:
        """The plan of a file, and the kernel to run it in, which is `fitted` to it.

        A plugin may have kept the plan; then the file is neither parsed nor compiled. A file that holds a plan itself, as
        ``stratagem compile`` writes it, is read as that.

        Args:
            path: the file.
            variables: names that runs will be given.
            format: the name of the file's format, where its name and content do not tell.

        Raises:
            WorkflowError, PluginError, ConfigError: as `load`, `fitted` and `compile`.
            BadFile: it holds a plan that can't be used here.
        """
        from stratagem.planning import planned

        return planned(self, str(path), variables, format)

    def image(self, path: str | Path, variables: Iterable[str] = (), *, format: str | None = None) -> Mapping[str, Any]:
        """The plan of a workflow file as plain data, from which `planned` can make it again.

        Raises:
            NotStorable: it holds what only this process knows.
            WorkflowError, PluginError, ConfigError: as `load`, `fitted` and `compile`.
        """
        from stratagem.planning import image_for

        return image_for(self, str(path), variables, format)

    def compile(self, workflow: Workflow, variables: Mapping[str, Any] | None = None) -> Plan:
        """The plan of a workflow, for any number of runs; ``variables`` are names that runs will be given.

        Raises:
            WorkflowError: with everything that is wrong with the workflow.
        """
        return self.hooks.compile(_with(workflow, variables), self.catalog)

    async def run(
        self,
        workflow: Workflow | Plan,
        variables: Mapping[str, Any] | None = None,
        *,
        keep: Keep = "all",
        options: RunOptions | None = None,
    ) -> RunResult:
        """Runs a workflow, or a plan that `compile` made, to its end.

        Args:
            variables: values for variables, in place of those that the workflow starts with.
            keep: which step values the result holds.
            options: in place of those that the config and the workflow give.

        Raises:
            WorkflowError: the workflow can't be run. Failures of the run itself are in the result.
        """
        runner = self._running()
        plan = self._plan(workflow, variables)
        run = runner.prepare(plan, variables, options or self.options_for(plan, keep=keep))
        return await runner.execute(run, CancelScope())

    async def start(
        self,
        workflow: Workflow | Plan,
        variables: Mapping[str, Any] | None = None,
        *,
        options: RunOptions | None = None,
    ) -> RunHandle:
        """Starts a run in a task of the kernel, and gives the handle to control it; arguments as for `run`."""
        return self._start(workflow, variables, options)

    def options_for(self, workflow: Workflow | Plan, **changes: Any) -> RunOptions:
        """The options that the config and the workflow's settings give, with ``changes``."""
        from stratagem.options import RunOptions

        own = workflow.workflow if isinstance(workflow, Plan) else workflow
        return RunOptions.of(own.settings, self.config.run, **changes)

    def _running(self) -> Runner:
        """Return what takes runs to their end."""
        if self._state != "open" or self._services is None or self._watchdog is None:
            what = "not open" if self._state != "closing" else "closing"
            raise RunError(f"the kernel is {what}", hint="Use it inside of 'async with Kernel(...) as kernel'.")
        if self._runner is None:
            from stratagem._engine.running.runner import Runner

            self._runner = Runner(self.hooks, self._services, self._watchdog)
        return self._runner

    def _plan(self, workflow: Workflow | Plan, variables: Mapping[str, Any] | None) -> Plan:
        return workflow if isinstance(workflow, Plan) else self.compile(workflow, variables)

    def _start(
        self,
        workflow: Workflow | Plan,
        variables: Mapping[str, Any] | None,
        options: RunOptions | None = None,
        starter: StepRun | None = None,
    ) -> RunHandle:
        from stratagem._engine.running.handle import RunHandle

        runner, plan = self._running(), self._plan(workflow, variables)
        handle = RunHandle(runner.prepare(plan, variables, options or self.options_for(plan), starter))
        self._spawn(runner.drive, handle)
        return handle

    def _spawn(self, task: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        if self._group is None:
            raise RunError("the kernel is opening", hint="Start runs when all plugins are open.")
        self._group.start_soon(task, *args)

    def _start_apart(self, plan: Plan, variables: Mapping[str, Any] | None, starter: StepRun) -> RunHandle:
        return self._start(plan, variables, starter=starter)

    def _load_flow(self, path: str, beside: str | None) -> Workflow:
        folder = Path(beside).parent if beside else Path.cwd()
        return self.load(folder / path)

    def _remedy(self, kind: str) -> str | None:
        if self._installed is None:
            return None
        from stratagem.plugins.drivers import remedy

        return remedy(kind, self._installed, self.config)

    def _offering(self, pack: str) -> str | None:
        return self._installed.known("stratagem.nodes", pack) if self._installed else None

    def _check_backend(self) -> None:
        backend = current_backend()
        for plugin in self.plugins:
            if backend not in plugin.backends:
                raise PluginIncompatible(
                    f"the plugin {plugin.name or type(plugin).__qualname__!r} does not work on {backend}",
                    provider=plugin.distribution or None,
                    hint=f"Run the kernel on {' or '.join(plugin.backends)}, or take the plugin out of the config.",
                )


def _clear_leftovers() -> None:
    from stratagem._support.leftovers import clear_leftovers

    clear_leftovers()


def _with(workflow: Workflow, variables: Mapping[str, Any] | None) -> Workflow:
    new = {name: None for name in variables or () if name not in workflow.variables}
    return evolve(workflow, variables={**workflow.variables, **new}) if new else workflow


def _snapshot() -> Installed:
    from stratagem.plugins.discovery import Installed

    return Installed()


def _require_plugins(given: Iterable[object]) -> None:
    for each in given:
        if not isinstance(each, Plugin):
            name = each.__qualname__ if isinstance(each, type) else type(each).__qualname__
            hint = f"Give an instance: {name}()." if isinstance(each, type) else "A plugin is a stratagem.Plugin."
            raise HookMisuse(f"expected a plugin, got {'the class ' * isinstance(each, type)}{name}", hint=hint)


def _configured(config: Config, installed: Installed | None) -> list[Plugin]:
    """The plugins of the config; where there was none, the reference strategies without a look at what is installed."""
    if installed is None:
        return [reference_compile(), sequential_schedule(), plain_resolve()]
    from stratagem.plugins.load import load_plugins

    return load_plugins(config, installed)


def _catalog(packs: tuple[Pack, ...], installed: Installed | None, config: Config, environment: Environment) -> Catalog:
    if installed is None:
        return Catalog.of(*packs, environment=environment)
    from stratagem.plugins.discovery import NODES
    from stratagem.plugins.packs import pack_loader

    own, load = {pack.name: pack for pack in packs}, pack_loader(installed, config.packs.allow)
    offered = {*own, *installed.names(NODES)}
    return Catalog(offered, lambda name: own.get(name) or load(name), config.packs.allow, environment)
