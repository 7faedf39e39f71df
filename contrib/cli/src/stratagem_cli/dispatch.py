"""Carries out a command: whatever it raises becomes lines on standard error and an exit code."""

import importlib
import signal
from argparse import Namespace
from collections.abc import Callable

from stratagem import unwrap
from stratagem_cli.console import Console, OutputClosed
from stratagem_cli.failures import exit_code, tell_error
from stratagem_cli.logs import logs_shown

SIGPIPE = 13
"""Also where the platform has no such signal."""

Command = Callable[[Namespace, Console], int]


def carry_out(arguments: Namespace) -> int:
    """Calls the command and gives its exit code."""
    console = Console()
    console.structured = arguments.log_format == "json"
    with logs_shown(console, quiet=arguments.quiet, verbose=arguments.verbose):
        try:
            return _command(arguments.command)(arguments, console)
        except BaseException as error:
            return _ended_by(unwrap(error), console, debug=arguments.debug)


def refuse(error: Exception) -> int:
    """Tell why a command can't be carried out, and return the exit code."""
    tell_error(Console(), error, debug=False)
    return exit_code(error)


def _command(named: str | Command) -> Command:
    if not isinstance(named, str):
        return named
    module, _, name = named.partition(":")
    found: Command = getattr(importlib.import_module(module), name)
    return found


def _ended_by(error: BaseException, console: Console, *, debug: bool) -> int:
    if isinstance(error, OutputClosed):
        console.drop_output()
        return 128 + SIGPIPE
    if _is_interrupt(error):
        console.log("interrupted")
        return 128 + signal.SIGINT
    tell_error(console, error, debug=debug)
    return exit_code(error)


def _is_interrupt(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(KeyboardInterrupt) is not None
    return isinstance(error, KeyboardInterrupt)
