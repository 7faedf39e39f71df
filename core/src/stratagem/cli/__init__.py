"""The command line: ``stratagem run``, ``check``, ``plan``, ``plugins``, ``nodes``, ``report``, ``config``, ``cache``,
``new``.

Exit codes: 0 done; 1 the workflow failed; 2 wrong use, or a file, config or plugin that can't be used; 128 + n ended by
signal n (130 for Ctrl-C, 143 for SIGTERM, 141 where the reader of the output went away).
"""

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Carries out one command and gives its exit code; ``argv`` is the process's own where left out."""
    # imported here so that the modules of single commands can be imported without the whole command line
    from stratagem.cli.parser import make_parser

    try:
        arguments = make_parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed help or a usage error
        return stop.code if isinstance(stop.code, int) else 2
    from stratagem.cli.dispatch import carry_out  # not for --help and --version, which must be quick

    code = carry_out(arguments)
    if argv is not None:
        return code
    from stratagem.cli.ending import end_process

    return end_process(code)
