"""The command line: ``stratagem run``, ``check``, ``plan``, ``plugins``, ``nodes``, ``config``, ``cache``, ``new``.

Further commands come from plugins, by the entry-point group ``stratagem.command``.

Exit codes: 0 done; 1 the workflow failed; 2 wrong use, or a file, config or plugin that can't be used; 128 + n ended by
signal n (130 for Ctrl-C, 143 for SIGTERM, 141 where the reader of the output went away).
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from stratagem import PluginError, names_at_home

if TYPE_CHECKING:
    from stratagem_cli.commands import Commands
    from stratagem_cli.console import Console
    from stratagem_cli.settings import chosen_config, config_as_read

__all__ = ["Commands", "Console", "chosen_config", "config_as_read", "main"]

_, __getattr__, __dir__ = names_at_home(
    __name__,
    {
        "stratagem_cli.commands": ("Commands",),
        "stratagem_cli.console": ("Console",),
        "stratagem_cli.settings": ("chosen_config", "config_as_read"),
    },
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carries out one command and gives its exit code; ``argv`` is the process's own where left out."""
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
