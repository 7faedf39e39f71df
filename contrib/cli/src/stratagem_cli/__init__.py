"""The command line: ``stratagem run``, ``check``, ``plan``, ``plugins``, ``nodes``, ``config``, ``cache``, ``new``.

Further commands come from plugins, by the entry-point group ``stratagem.command``.

Exit codes: 0 done; 1 the workflow failed; 2 wrong use, or a file, config or plugin that can't be used; 128 + n ended by
signal n (130 for Ctrl-C, 143 for SIGTERM, 141 where the reader of the output went away).
"""

from stratagem.hosting import names_at_home

_HOMES = {
    "stratagem_cli.commands": ("Commands",),
    "stratagem_cli.console": ("Console",),
    "stratagem_cli.entry": ("main",),
    "stratagem_cli.settings": ("chosen_config", "config_as_read"),
}
"""The public names by the module that defines them; ``__init__.pyi`` is written from it."""

__all__, __getattr__, __dir__ = names_at_home(__name__, _HOMES)
