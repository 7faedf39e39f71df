"""``stratagem run``."""

from __future__ import annotations

import gc
import signal
from argparse import Namespace
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
from attrs import asdict, frozen

from stratagem import Kernel, Plan, Planned, RunResult, Workflow, nearest, plural, unwrap
from stratagem.hosting import Installed
from stratagem_cli.console import Console
from stratagem_cli.display import displayed
from stratagem_cli.ending import leave_threads_of_asyncio
from stratagem_cli.failures import FAILED, tell_error
from stratagem_cli.interrupt import Interrupts, interruptible
from stratagem_cli.kernels import planned
from stratagem_cli.recording import recorders
from stratagem_cli.report import reported
from stratagem_cli.result import as_json, invalid, report, warn_of_large
from stratagem_cli.settings import checked_config, require_backend
from stratagem_cli.stdout import kept_for_results, prints_masked
from stratagem_cli.summary import cancelled_nodes, summary
from stratagem_cli.values import read_variables

if TYPE_CHECKING:
    from stratagem_cli.explain import Line
    from stratagem_cli.explainer import ExplainPlugin

_USUAL = (700, 10, 10)
"""Python's own thresholds of the garbage collector, for what a workflow makes while it runs."""


@frozen
class Ended:
    """A run that has ended, what became of its steps if that was asked, and the number of the signal that asked for it."""

    result: RunResult
    explained: list[Line] | None = None
    signal: int | None = None

    @property
    def exit_code(self) -> int:
        """0 done, 1 failed, 128 + n cancelled by signal n."""
        if self.result.status == "cancelled":
            return 128 + (self.signal or signal.SIGINT)
        return FAILED if self.result.status == "failed" else 0


def run(arguments: Namespace, console: Console) -> int:
    """Runs the file and tells how it ended; with ``--json`` one object is printed even where nothing could be run."""
    if arguments.json:
        return _run_for_programs(arguments, console)
    ended = _run(arguments, console)
    _tell_end(ended, arguments, console)
    return ended.exit_code


def _run_for_programs(arguments: Namespace, console: Console) -> int:
    try:
        with kept_for_results():
            ended = _run(arguments, console)
            _tell_end(ended, arguments, console)
            explained = {} if ended.explained is None else {"explained": [asdict(line) for line in ended.explained]}
            warn_of_large(ended.result, console)
            told = as_json({**report(ended.result), **explained}, console)
    except Exception as error:
        console.print(as_json(invalid(unwrap(error)), console), masked=True)
        raise
    console.print(told, masked=True)
    return ended.exit_code


def _run(arguments: Namespace, console: Console) -> Ended:
    variables = read_variables(arguments.var)
    installed = Installed()
    config = checked_config(arguments, console, installed, arguments.file)
    require_backend(config)
    explain = _explain_plugin() if arguments.explain else None
    with prints_masked(console), reported(arguments, console) as recording:
        plugins = [*recorders(config, installed, console), *recording, *([explain] if explain else [])]
        found = planned(arguments, console, config, variables, plugins, installed)
        backend = config.run.backend
        with _uncollected():
            return anyio.run(_run_plan, arguments, console, found, variables, explain, backend=backend)


@contextmanager
def _uncollected() -> Iterator[None]:
    """What there is by now, the plan above all, stays until the run has ended: collections of garbage need not walk it."""
    if gc.get_freeze_count():  # who calls this as a function has its own mind about it
        yield
        return
    seldom = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_USUAL)
    try:
        yield
    finally:
        gc.set_threshold(*seldom)
        gc.unfreeze()


async def _run_plan(
    arguments: Namespace,
    console: Console,
    planned: Planned[Kernel],
    variables: dict[str, Any],
    explain: ExplainPlugin | None,
) -> Ended:
    leave_threads_of_asyncio()
    plan = planned.plan
    async with planned.kernel as kernel:
        _warn_of_misspelt(variables, planned.declared, console)
        if not arguments.quiet:
            _warn_of_doubts(plan.workflow, arguments.file, console)
        with displayed(arguments, console, plan) as (on_event, restore):
            changes = {"concurrency": arguments.concurrency} if arguments.concurrency else {}
            keep = "all" if arguments.json else "none"
            options = kernel.options_for(plan, keep=keep, on_event=on_event, measure=arguments.json, **changes)
            interrupts = Interrupts(console, restore)
            result = await interruptible(partial(kernel.start, plan, variables, options=options), interrupts)
        explained = None if explain is None else _explained(plan, explain, result, arguments, console)
        return Ended(result, explained, interrupts.signal)


def _explain_plugin() -> ExplainPlugin:
    from stratagem_cli.explainer import ExplainPlugin  # a run that is not explained pays nothing for it

    return ExplainPlugin()


def _explained(
    plan: Plan, explain: ExplainPlugin, result: RunResult, arguments: Namespace, console: Console
) -> list[Line]:
    """Return what became of each node, and print it where no program reads it."""
    from stratagem_cli.explain import as_text, explanation

    explained = explanation(plan, explain.explainer.seen, result)
    if not arguments.json:
        console.print(as_text(explained))
    return explained


def _warn_of_misspelt(variables: dict[str, Any], declared: Collection[str], console: Console) -> None:
    for name in variables.keys() - declared:
        if hint := nearest(name, sorted(declared)):
            console.warn(f"--var: the workflow declares no variable {name!r}. {hint}")


def _warn_of_doubts(workflow: Workflow, file: str, console: Console) -> None:
    """Counts what the file's format found to be odd."""
    if warnings := workflow.metadata.get("warnings"):
        console.warn(f"{file}: {plural(len(warnings), 'warning')}, which 'stratagem check' tells")


def _tell_end(ended: Ended, arguments: Namespace, console: Console) -> None:
    result = ended.result
    if result.error is not None:
        tell_error(console, result.error, debug=arguments.debug)
    if result.status == "cancelled" and (names := cancelled_nodes(result)):
        console.log(f"cancelled nodes: {names}")
    if not arguments.quiet or result.status == "cancelled":
        console.log(summary(result))
