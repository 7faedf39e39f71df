"""``stratagem run``."""

import signal
from argparse import Namespace
from functools import partial
from typing import Any

import anyio
from attrs import frozen

from stratagem.cli.console import Console
from stratagem.cli.display import displayed
from stratagem.cli.failures import FAILED, tell_error
from stratagem.cli.interrupt import Interrupts, interruptible
from stratagem.cli.result import as_json, invalid, report
from stratagem.cli.secrets import keep_secrets
from stratagem.cli.settings import chosen_config, require_backend
from stratagem.cli.stdout import kept_for_results
from stratagem.cli.summary import cancelled_nodes, summary
from stratagem.cli.table import plural
from stratagem.cli.values import read_variables
from stratagem.config.model import Config
from stratagem.engine.result import RunResult
from stratagem.engine.unwrap import unwrap
from stratagem.errors import nearest
from stratagem.kernel import Kernel
from stratagem.model import Workflow


@frozen
class Ended:
    """A run that has ended, and the number of the signal that asked for it."""

    result: RunResult
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
            told = as_json(report(ended.result), console)
    except Exception as error:
        console.give(as_json(invalid(unwrap(error)), console))
        raise
    console.give(told)
    return ended.exit_code


def _run(arguments: Namespace, console: Console) -> Ended:
    variables = read_variables(arguments.var)
    config = chosen_config(arguments, console)
    require_backend(config)
    return anyio.run(_run_workflow, arguments, console, config, variables, backend=config.run.backend)


async def _run_workflow(arguments: Namespace, console: Console, config: Config, variables: dict[str, Any]) -> Ended:
    async with Kernel(config) as kernel:
        keep_secrets(console, kernel)
        workflow = kernel.load(arguments.file, arguments.format)
        _warn_of_misspelt(variables, workflow, console)
        if not arguments.quiet:
            _warn_of_doubts(workflow, arguments.file, console)
        plan = kernel.compile(workflow, variables)
        with displayed(arguments, console, plan) as (on_event, restore):
            changes = {"concurrency": arguments.concurrency} if arguments.concurrency else {}
            keep = "all" if arguments.json else "none"
            options = kernel.options_for(plan, keep=keep, on_event=on_event, **changes)
            interrupts = Interrupts(console, restore)
            result = await interruptible(partial(kernel.start, plan, variables, options=options), interrupts)
            return Ended(result, interrupts.signal)


def _warn_of_misspelt(variables: dict[str, Any], workflow: Workflow, console: Console) -> None:
    for name in variables.keys() - workflow.variables.keys():
        if hint := nearest(name, list(workflow.variables)):
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
        console.tell(f"cancelled nodes: {names}")
    if not arguments.quiet or result.status == "cancelled":
        console.tell(summary(result))
