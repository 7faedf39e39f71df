"""``stratagem check``."""

from argparse import Namespace
from typing import Any

from stratagem import Kernel, Plan, StratagemError, Workflow, WorkflowError, planfacts, plural
from stratagem.hosting import is_sayable
from stratagem_cli.console import Console
from stratagem_cli.failures import UNUSABLE, problems_of, tell_error
from stratagem_cli.kernels import Kernels
from stratagem_cli.unsayable import unsayable
from stratagem_cli.values import read_variables

MOST_WARNINGS = 500
"""So many warnings of one file are told."""


def check(arguments: Namespace, console: Console) -> int:
    """Tells everything that is wrong with each file; 2 if anything is."""
    variables = read_variables(arguments.var)
    kernels = Kernels(arguments, console)
    counts = [_check(file, arguments.format, variables, kernels, console) for file in arguments.files]
    if len(counts) > 1 or any(counts):
        console.print(f"checked {plural(len(counts), 'file')}: {_verdict(counts)}")
    return UNUSABLE if any(counts) else 0


def _check(file: str, format_: str | None, variables: dict[str, Any], kernels: Kernels, console: Console) -> int:
    """Checks one file, and gives the number of its problems."""
    kernel = kernels.plain(file)
    try:
        workflow = _loaded(file, format_, kernels, kernel)
        kernel = kernels.fitted(kernel, workflow)
        _warn(workflow, console)
        plan = kernel.compile(workflow, variables)
        _warn_of_names(plan, file, kernel, console)
        _advise(plan, file, kernel, console)
    except StratagemError as error:
        tell_error(console, error, file=file)
        return len(list(problems_of(error))) + _check_rest(error, file, variables, kernel, console)
    console.print(f"ok: {file}: {plural(plan.count, 'step')} in {plural(len(planfacts.levels(plan)), 'level')}")
    return 0


def _loaded(file: str, format_: str | None, kernels: Kernels, kernel: Kernel) -> Workflow:
    try:
        return kernel.load(file, format_)
    except StratagemError:
        kernels.tell(kernel.config)
        raise


def _check_rest(error: StratagemError, file: str, variables: dict[str, Any], kernel: Kernel, console: Console) -> int:
    """Tells what is wrong with the part of a file that could be read, and gives the number of these problems."""
    rest = error.rest if isinstance(error, WorkflowError) else None
    if rest is None:
        return 0
    try:
        kernel.compile(rest, variables)
    except StratagemError as more:
        return _tell_more(error, more, file, console)
    return 0


def _tell_more(error: StratagemError, more: StratagemError, file: str, console: Console) -> int:
    """Tells the problems that come to those of ``error``; a node without a type is one of both."""
    told = {(problem.node, problem.key) for problem in problems_of(error) if problem.key is None}
    found = [problem for problem in problems_of(more) if (problem.node, problem.key) not in told]
    if found:
        tell_error(console, StratagemError.together(found, str(file)), file=file)
    return len(found)


def _warn(workflow: Workflow, console: Console) -> None:
    """Tells what the file's format found to be odd, though it can be run."""
    warnings = workflow.metadata.get("warnings")
    told = warnings if isinstance(warnings, list) else []
    for warning in told[:MOST_WARNINGS]:
        console.warn(str(warning))
    if len(told) > MOST_WARNINGS:
        console.warn(f"and {len(told) - MOST_WARNINGS} more of this file")


def _warn_of_names(plan: Plan, file: str, kernel: Kernel, console: Console) -> None:
    """Tells which names templates can't read; nothing is wrong as long as none of them has to."""
    known = {format.name: format for format in kernel.formats}
    read_in = known.get(plan.workflow.format or "")
    for told in unsayable(plan, read_in.can_say if read_in else is_sayable):
        console.warn(f"{file}: {told}")


def _advise(plan: Plan, file: str, kernel: Kernel, console: Console) -> None:
    """Warns of what the packs of its nodes find to be hardly meant so."""
    offered = set(kernel.catalog.packs)  # steps that stand for disabled nodes are of none
    for name in dict.fromkeys(step.spec.pack for step in planfacts.steps_in(plan)):
        for text in kernel.catalog.pack(name).advice(plan) if name in offered else ():
            console.warn(f"{file}: {text}")


def _verdict(counts: list[int]) -> str:
    wrong = sum(1 for count in counts if count)
    return f"{plural(sum(counts), 'problem')} in {wrong} of them" if wrong else "no problems"
