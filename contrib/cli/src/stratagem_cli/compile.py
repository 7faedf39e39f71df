"""``stratagem compile``."""

from argparse import Namespace
from pathlib import Path

from stratagem import BadFile, ImageFiles, Kernel, PluginNotFound, reason_of
from stratagem.hosting import IMAGE, Installed
from stratagem_cli.console import Console
from stratagem_cli.secrets import keep_secrets
from stratagem_cli.settings import checked_config, tell_origin
from stratagem_cli.values import read_variables


def compile_(arguments: Namespace, console: Console) -> int:
    """Writes the plan of a workflow into a file of its own, to be run from there."""
    variables, installed = read_variables(arguments.var), Installed()
    files = _files(installed, arguments.output)
    config = checked_config(arguments, console, installed, arguments.file)
    kernel = Kernel(config, installed=installed)
    keep_secrets(console, kernel)
    image = kernel.image(arguments.file, variables, format=arguments.format)
    try:
        files.write(arguments.output, image)
    except OSError as error:
        raise BadFile(f"the file can't be written: {reason_of(error)}", file=arguments.output) from error
    tell_origin(config, arguments, console)
    console.log(f"plan: {arguments.output}")
    return 0


def _files(installed: Installed, path: str) -> ImageFiles:
    suffix = Path(path).suffix.removeprefix(".").lower()
    known = installed.names(IMAGE)
    if suffix not in known:
        if known:
            ends = ", ".join(f".{name}" for name in known)
            raise BadFile("the name says no format of plans", file=path, hint=f"Names of plans end in {ends}.")
        distribution = installed.known(IMAGE, "plan")
        hint = f"Run: pip install {distribution}" if distribution else "Install a distribution that offers it."
        raise PluginNotFound("no installed distribution writes plans", hint=hint)
    offered = installed.load(IMAGE, suffix)()
    if not isinstance(offered, ImageFiles):
        raise PluginNotFound(f"expected ImageFiles for .{suffix}, got {offered!r}")
    return offered
