"""Commands of plugins: those that installed distributions offer by the entry-point group ``stratagem.command``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from stratagem import PluginConflict, PluginImportError

if TYPE_CHECKING:
    from argparse import _SubParsersAction  # argparse has no public name for what add_subparsers gives
    from importlib.metadata import EntryPoint

    from stratagem_cli.console import Console

    Subparsers = _SubParsersAction[ArgumentParser]

GROUP = "stratagem.command"


class Commands:
    """The subcommands of one command, as its author adds them."""

    usual: str | None = None
    """The subcommand that is meant where none is named."""

    def __init__(self, subparsers: Subparsers) -> None:
        self._subparsers = subparsers

    def add(
        self,
        name: str,
        function: str | Callable[[Namespace, Console], int],
        help: str,
        *,
        configured: bool = True,
        usual: bool = False,
    ) -> ArgumentParser:
        """Add a subcommand, and return its parser for options of its own.

        Args:
            name: how it is called.
            function: what carries it out, given the arguments and the console; it returns the exit code. As text
                ``module:name`` it is imported when the command is used.
            help: what it does, in one line.
            configured: whether it takes ``--config`` and ``--set``; `chosen_config` then gives the config.
            usual: whether it is the one that is meant where none is named.
        """
        if usual:
            self.usual, self._subparsers.required = name, False
        parser: ArgumentParser = self._subparsers.add_parser(name, help=help, description=help, allow_abbrev=False)
        parser.set_defaults(command=function, quiet=False, verbose=False, log_format="text")
        parser.add_argument("--debug", action="store_true", help="show where in the code an error arose")
        if configured:
            parser.add_argument(
                "--config", metavar="FILE", help="the config file, in place of the nearest stratagem.toml"
            )
            add_repeated(parser, "--set", "KEY=VALUE", "override one key of the config, as in run.concurrency=4")
        return parser


def add_repeated(parser: ArgumentParser, option: str, metavar: str, help_: str) -> None:
    """Add an option that may be given several times."""
    parser.add_argument(option, metavar=metavar, action="append", default=[], help=help_)


def offered() -> Mapping[str, list[EntryPoint]]:
    """The commands that are offered, by name; nothing of them is imported."""
    from importlib.metadata import entry_points  # commands of our own do without it

    found: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, []).append(entry)
    return found


def provider_of(entry: EntryPoint) -> str:
    """The distribution that offers a command, with its version."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "an unknown distribution"


def loaded(name: str, entries: list[EntryPoint]) -> Callable[[Commands], Any]:
    """The function that adds the subcommands of an offered command.

    Raises:
        PluginConflict: several distributions offer it.
        PluginImportError: it can't be imported, or is no function.
    """
    if len(entries) > 1:
        who = " and ".join(sorted(map(provider_of, entries)))
        raise PluginConflict(f"the command {name!r} is offered by {who}", hint="Uninstall one of them.")
    provider = provider_of(entries[0])
    try:
        function = entries[0].load()
    except Exception as error:
        what = f"the command {name!r} can't be imported: {type(error).__name__}: {error}"
        raise PluginImportError(what, provider=provider) from error
    if not callable(function):
        what = f"expected a function that adds commands at {entries[0].value!r}, got {function!r}"
        raise PluginImportError(what, provider=provider)
    return function  # type: ignore[no-any-return]  # what it takes shows when it is called
