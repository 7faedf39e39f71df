"""``stratagem check``."""

from argparse import Namespace
from typing import Any

from stratagem.cli.console import Console
from stratagem.cli.failures import UNUSABLE, problems_of, tell_error
from stratagem.cli.secrets import keep_secrets
from stratagem.cli.settings import chosen_config
from stratagem.cli.table import plural
from stratagem.cli.values import read_variables
from stratagem.errors import StratagemError, WorkflowError
from stratagem.kernel import Kernel
from stratagem.model import Workflow
from stratagem.plan import Plan
from stratagem.planfacts import levels, steps_in


def check(arguments: Namespace, console: Console) -> int:
    """Tells everything that is wrong with each file; 2 if anything is."""
    variables = read_variables(arguments.var)
    kernel = Kernel(chosen_config(arguments, console))
    keep_secrets(console, kernel)
    counts = [_check(file, arguments.format, variables, kernel, console) for file in arguments.files]
    if len(counts) > 1 or any(counts):
        console.give(f"checked {plural(len(counts), 'file')}: {_verdict(counts)}")
    return UNUSABLE if any(counts) else 0


def _check(file: str, format_: str | None, variables: dict[str, Any], kernel: Kernel, console: Console) -> int:
    """Checks one file, and gives the number of its problems."""
    try:
        workflow = kernel.load(file, format_)
        _warn(workflow, console)
        plan = kernel.compile(workflow, variables)
        _advise(plan, file, kernel, console)
    except StratagemError as error:
        tell_error(console, error, file=file)
        return len(list(problems_of(error))) + _check_rest(error, file, variables, kernel, console)
    console.give(f"ok: {file}: {plural(len(plan), 'step')} in {plural(len(levels(plan)), 'level')}")
    return 0


def _check_rest(error: StratagemError, file: str, variables: dict[str, Any], kernel: Kernel, console: Console) -> int:
    """Tells what is wrong with the part of a file that could be read, and gives the number of these problems."""
    rest = error.rest if isinstance(error, WorkflowError) else None
    if rest is None:
        return 0
    try:
        kernel.compile(rest, variables)
    except StratagemError as more:
        tell_error(console, more, file=file)
        return len(list(problems_of(more)))
    return 0


def _warn(workflow: Workflow, console: Console) -> None:
    """Tells what the file's format found to be odd, though it can be run."""
    warnings = workflow.metadata.get("warnings")
    for warning in warnings if isinstance(warnings, list) else ():
        console.warn(str(warning))


def _advise(plan: Plan, file: str, kernel: Kernel, console: Console) -> None:
    """Warns of what the packs of its nodes find to be hardly meant so."""
    for name in dict.fromkeys(step.spec.pack for step in steps_in(plan)):
        for text in kernel.catalog.pack(name).advice(plan) if name else ():
            console.warn(f"{file}: {text}")


def _verdict(counts: list[int]) -> str:
    wrong = sum(1 for count in counts if count)
    return f"{plural(sum(counts), 'problem')} in {wrong} of them" if wrong else "no problems"
