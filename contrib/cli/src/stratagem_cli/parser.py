"""The parser of the command line; it imports no command, so that ``--help`` is quick."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, RawDescriptionHelpFormatter
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from stratagem import __version__
from stratagem.hosting import cut
from stratagem_cli.commands import Commands, add_repeated, loaded, offered, provider_of

if TYPE_CHECKING:
    from stratagem_cli.commands import Subparsers

JSON_HELP = """\
--json prints exactly one object on standard output: status (done, failed, cancelled; invalid where nothing could be
run), variables, outputs (node id -> port -> value), result (what the workflow's own 'result' gives), steps (how many
ended in which way), seconds, error (null, or type, message, node, file), failures (a list of such errors); with --explain also explained (for each node: node, type, depth, told). Values that
JSON has no form for are written as text: as str() gives it for dates, paths and decimals, else as repr() does; NaN and
the infinities as "NaN", "Infinity", "-Infinity". Secrets are written as ***. Whatever nodes print goes to standard
error then.

Exit codes: 0 done, 1 failed, 2 wrong use or a file, config or plugin that can't be used, 130 ended by Ctrl-C.
"""


NEW = MappingProxyType(
    {
        "compile": "a pass over plans",
        "schedule": "which step starts next",
        "resolve": "what steps are run with",
        "resource": "a pool of what nodes borrow",
        "record": "what looks on",
    }
)
"""The hooks that ``new plugin`` writes an answer to, by the ends of their entry-point groups."""

OWN = ("run", "check", "plan", "compile", "plugins", "nodes", "config", "cache", "new")


def make_parser(argv: Sequence[str] = ()) -> ArgumentParser:
    """The parser; what it gives has ``command``, what carries it out, and that command's options.

    Of the commands of plugins only the one that ``argv`` begins with is imported.

    Raises:
        PluginImportError, PluginConflict: that one can't be used.
    """
    parser = ArgumentParser("stratagem", description="Runs workflows.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"stratagem {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    commands = Commands(subparsers)
    _add_run(commands)
    _add_check_and_plan(commands)
    _add_plugins(_group(subparsers, "plugins", "strategies, packs and formats that are installed"))
    _add_nodes(_group(subparsers, "nodes", "node types"))
    _add_config(_group(subparsers, "config", "the config in effect"))
    _add_cache(_group(subparsers, "cache", "what plugins keep from one run to the next"))
    _add_new(_group(subparsers, "new", "start a distribution of your own"))
    if not argv or argv[0] not in (*OWN, "--version"):
        _add_offered(subparsers, argv[0] if argv else "")
    return parser


def _add_offered(subparsers: Subparsers, wanted: str) -> None:
    for name, entries in offered().items():
        if name not in OWN:
            parser = _added(subparsers, name, f"offered by {provider_of(entries[0])}")
            group = _commands(parser)
            if name == wanted:
                loaded(name, entries)(group)
                parser.set_defaults(usual=group.usual)


def _group(subparsers: Subparsers, name: str, help_: str) -> Commands:
    return _commands(_added(subparsers, name, help_))


def _added(subparsers: Subparsers, name: str, help_: str) -> ArgumentParser:
    parser: ArgumentParser = subparsers.add_parser(name, help=help_, description=help_, allow_abbrev=False)
    return parser


def _commands(parser: ArgumentParser) -> Commands:
    return Commands(parser.add_subparsers(metavar="COMMAND", required=True))


def _command(commands: Commands, name: str, target: str, help_: str, *, configured: bool = True) -> ArgumentParser:
    return commands.add(name, f"stratagem_cli.{target}", help_, configured=configured)


def _add_file_options(parser: ArgumentParser) -> None:
    add_repeated(parser, "--var", "NAME=VALUE", "give a variable: JSON if the value is that, else text")
    parser.add_argument("--format", metavar="NAME", help="the file's format, where its name and content do not tell")


def _add_run(commands: Commands) -> None:
    parser = _command(commands, "run", "run:run", "run a workflow")
    parser.epilog, parser.formatter_class = JSON_HELP, RawDescriptionHelpFormatter
    parser.add_argument("file", metavar="FILE")
    _add_file_options(parser)
    _add_concurrency(parser)
    parser.add_argument("--json", action="store_true", help="print the results as one JSON object")
    explain = "print for every step whether it ran, was remembered or skipped, and why"
    parser.add_argument("--explain", action="store_true", help=explain)
    parser.add_argument("--report", metavar="OUT.html", help="draw a page of the run, which needs stratagem-report")
    progress = "show what is running (otherwise only on a terminal)"
    parser.add_argument("--progress", action=BooleanOptionalAction, help=progress)
    formats = "how lines on standard error are written: text for people, or one JSON object each"
    parser.add_argument("--log-format", choices=("text", "json"), default="text", help=formats)
    loudness = parser.add_mutually_exclusive_group()
    loudness.add_argument("--quiet", action="store_true", help="print errors only")
    loudness.add_argument("--verbose", action="store_true", help="print every step, and debug messages")


def _add_check_and_plan(commands: Commands) -> None:
    check = _command(commands, "check", "check:check", "find everything that is wrong with workflows, without a run")
    check.add_argument("files", metavar="FILE", nargs="+")
    _add_file_options(check)
    plan = _command(commands, "plan", "plan:plan", "show levels, critical path, estimates, and why steps are ordered")
    plan.add_argument("file", metavar="FILE")
    _add_file_options(plan)
    _add_concurrency(plan)
    plan.add_argument("--json", action="store_true", help="print the plan as one JSON object")
    compiling = _command(commands, "compile", "compile:compile_", "write the plan of a workflow, to be run from there")
    compiling.add_argument("file", metavar="FILE")
    _add_file_options(compiling)
    compiling.add_argument("-o", "--output", metavar="OUT.plan", required=True, help="the file to write")


def _add_concurrency(parser: ArgumentParser) -> None:
    parser.add_argument("--concurrency", metavar="N", type=_count, help="how many steps may run at once")


def _add_plugins(commands: Commands) -> None:
    _command(commands, "list", "plugins:list_", "list what is installed, without importing it")
    chain = _command(commands, "chain", "plugins:chain", "show who is asked by each hook, outermost first")
    chain.add_argument("hook", metavar="HOOK", nargs="?")
    _command(commands, "doctor", "plugins:doctor", "examine everything that the config names")


def _add_nodes(commands: Commands) -> None:
    listing = _command(commands, "list", "nodes:list_", "list node types")
    listing.add_argument("pack", metavar="PACK", nargs="?")
    showing = _command(commands, "show", "nodes:show", "show ports, traits and examples of a node type")
    showing.add_argument("type", metavar="TYPE", help="pack.node or pack.node@version")


def _add_config(commands: Commands) -> None:
    showing = _command(commands, "show", "config:show_", "print the config in effect, and where each value comes from")
    showing.add_argument("file", metavar="FILE", nargs="?", help="the workflow that it is for")
    _command(commands, "schema", "config:schema", "print the JSON Schema of configs, for editors")


def _add_cache(commands: Commands) -> None:
    shown = "show what is in the caches of the plugins in use"
    for name, target, what in (("stats", "stats", shown), ("list", "stats", shown), ("clear", "clear", "empty them")):
        parser = _command(commands, name, f"cache:{target}", what)
        parser.add_argument("plugin", metavar="PLUGIN", nargs="?", help="of this plugin alone")


def _add_new(commands: Commands) -> None:
    for kind, what in (("plugin", "a plugin"), ("pack", "a pack of node types")):
        parser = _command(
            commands, kind, f"new:{kind}", f"write a small working distribution of {what}", configured=False
        )
        if kind == "plugin":
            parser.add_argument("--hook", choices=[*NEW], default="record", help=_hooks_told())
        parser.add_argument("name", metavar="NAME", help="as configs and workflows will write it")
        parser.add_argument("folder", metavar="DIR", nargs="?", help="left out: stratagem-NAME in the current folder")


def _hooks_told() -> str:
    told = ", ".join(f"{hook} ({what})" for hook, what in NEW.items())
    return f"the hook that it answers: {told}; record where left out"


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise ArgumentTypeError(f"expected a whole number from 1, got {cut(text, 40)!r}")
    return int(text)
