"""The function behind the script ``stratagem``; it imports the command line only when a command asks for it."""

import gc
import sys
from collections.abc import Sequence

from stratagem import PluginError

_SELDOM = (200_000, 50, 100)
"""Thresholds of the garbage collector while a command is imported and prepared, which makes next to no garbage."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carries out one command and gives its exit code; ``argv`` is the process's own where left out."""
    if argv is None:  # the process is this command's own: a tenth of a short one went into collections in vain
        gc.set_threshold(*_SELDOM)
    # imported here so that the modules of single commands can be imported without the whole command line
    from stratagem_cli.parser import make_parser

    given = list(sys.argv[1:] if argv is None else argv)
    try:
        parser = make_parser(given)
        arguments = parser.parse_args(given)
        if "command" not in arguments:  # a group, of which one subcommand is meant
            arguments = parser.parse_args([*given, arguments.usual])
    except SystemExit as stop:  # argparse has printed help or a usage error
        return stop.code if isinstance(stop.code, int) else 2
    except PluginError as error:  # a plugin's command that can't be used
        from stratagem_cli.dispatch import refuse

        return refuse(error)
    from stratagem_cli.dispatch import carry_out  # not for --help and --version, which must be quick

    code = carry_out(arguments)
    if argv is not None:
        return code
    from stratagem_cli.ending import end_process

    return end_process(code)
