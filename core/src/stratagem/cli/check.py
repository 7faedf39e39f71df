"""``stratagem check``."""

from argparse import Namespace
from typing import Any

from stratagem.cli.console import Console
from stratagem.cli.failures import UNUSABLE, problems_of, tell_error
from stratagem.cli.secrets import keep_secrets
from stratagem.cli.settings import chosen_config
from stratagem.cli.table import plural
from stratagem.cli.values import read_variables
from stratagem.errors import StratagemError
from stratagem.kernel import Kernel
from stratagem.planfacts import levels


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
        for warning in workflow.metadata.get("warnings", ()):
            console.warn(warning)
        plan = kernel.compile(workflow, variables)
    except StratagemError as error:
        tell_error(console, error, file=file)
        return len(list(problems_of(error)))
    console.give(f"ok: {file}: {plural(len(plan), 'step')} in {plural(len(levels(plan)), 'level')}")
    return 0


def _verdict(counts: list[int]) -> str:
    wrong = sum(1 for count in counts if count)
    return f"{plural(sum(counts), 'problem')} in {wrong} of them" if wrong else "no problems"
