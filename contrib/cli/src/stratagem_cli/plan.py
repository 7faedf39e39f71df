"""``stratagem plan``."""

from argparse import Namespace

from stratagem import Kernel, Plan
from stratagem_cli.console import Console
from stratagem_cli.kernels import planned
from stratagem_cli.plan_facts import facts_of
from stratagem_cli.plan_text import text_of
from stratagem_cli.settings import checked_config
from stratagem_cli.values import read_variables


def plan(arguments: Namespace, console: Console) -> int:
    """Shows what can be told of a workflow before it runs."""
    variables = read_variables(arguments.var)
    found = planned(arguments, console, checked_config(arguments, console, file=arguments.file), variables)
    kernel, compiled = found.kernel, found.plan
    facts = facts_of(compiled, _workers(kernel, compiled, arguments.concurrency), kernel.hooks.providers)
    told = {"file": arguments.file, "digest": compiled.digest, **facts}
    if arguments.json:
        console.print_data(told)
    else:
        console.print(text_of(told))
    return 0


def _workers(kernel: Kernel, compiled: Plan, asked: int | None) -> int:
    """Return how many steps run at once; the sequential schedule runs one whatever the limit."""
    if kernel.config.strategy.schedule == "sequential":
        return 1
    return asked or kernel.options_for(compiled).concurrency
