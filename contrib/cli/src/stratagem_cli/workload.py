"""A workflow and a kernel that can run it: with the drivers that it needs, where the config leaves them open."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stratagem import Config, Graph, Kernel, Plugin, Workflow
from stratagem.errors import StratagemError
from stratagem.plugins import Installed
from stratagem.plugins.profile import leaves_drivers_open, with_drivers
from stratagem_cli.console import Console
from stratagem_cli.secrets import keep_secrets
from stratagem_cli.settings import tell_source


def load(
    arguments: Namespace,
    console: Console,
    config: Config,
    variables: Mapping[str, Any],
    plugins: Sequence[Plugin] = (),
) -> tuple[Kernel, Workflow]:
    """Read the workflow file that the arguments name, and make a kernel for it.

    Raises:
        StratagemError: the file can't be read, or several drivers are installed for a resource kind that it needs.
    """
    kernel = Kernel(config, plugins=plugins)
    keep_secrets(console, kernel)
    try:
        workflow = kernel.load(arguments.file, arguments.format)
    except StratagemError:
        tell_source(config, arguments, console)
        raise
    return kernel_for(workflow, kernel, arguments, console, variables, plugins), workflow


def kernel_for(
    workflow: Workflow,
    kernel: Kernel,
    arguments: Namespace,
    console: Console,
    variables: Mapping[str, Any],
    plugins: Sequence[Plugin] = (),
) -> Kernel:
    """The kernel, or one like it with the drivers that the workflow needs; tells of what was chosen and not written.

    Raises:
        PluginConflict: several drivers are installed for a resource kind.
    """
    config = kernel.config
    try:
        if leaves_drivers_open(config, installed := Installed()):
            config = with_drivers(config, _kinds(kernel, workflow, variables), installed)
    finally:
        tell_source(config, arguments, console)
    if config is kernel.config:
        return kernel
    found = Kernel(config, plugins=plugins)
    keep_secrets(console, found)
    return found


def _kinds(kernel: Kernel, workflow: Workflow, variables: Mapping[str, Any]) -> set[str]:
    """The resource kinds that a workflow needs, as far as they are known though something else is wrong with it."""
    try:
        return set(kernel.kinds_of(workflow, variables))
    except StratagemError:  # told when the workflow is compiled
        return set(_named(kernel, workflow))


def _named(kernel: Kernel, graph: Graph) -> Iterator[str]:
    for node in graph.nodes.values():
        try:
            yield from kernel.catalog.spec(node.type).resources.values()
        except StratagemError:  # told when the workflow is compiled
            continue
        for body in node.bodies.values():
            yield from _named(kernel, body)
