"""Kernels for workflow files: with the config that is found from there, and the drivers that the workflow needs."""

from argparse import Namespace
from collections.abc import Iterable, Sequence

from stratagem import Config, Kernel, Planned, Plugin, Workflow
from stratagem.hosting import Installed
from stratagem_cli.console import Console
from stratagem_cli.secrets import keep_secrets
from stratagem_cli.settings import checked_config, tell_origin


def planned(
    arguments: Namespace,
    console: Console,
    config: Config,
    variables: Iterable[str],
    plugins: Sequence[Plugin] = (),
    installed: Installed | None = None,
) -> Planned[Kernel]:
    """Return the plan of the file that a command is given, and a kernel for it; tells what was taken though it is not
    written.

    Raises:
        WorkflowError, ConfigError, PluginError: as `Kernel` and `Kernel.planned`.
    """
    try:
        kernel = Kernel(config, plugins=plugins, installed=installed)
        keep_secrets(console, kernel)
        found = kernel.planned(arguments.file, variables, format=arguments.format)
        config = found.kernel.config
    finally:  # also where the file can't be read: its config may be why
        tell_origin(config, arguments, console)
    keep_secrets(console, found.kernel)
    return found


class Kernels:
    """Kernels for any number of files: one for each config, and for each choice of drivers."""

    def __init__(self, arguments: Namespace, console: Console) -> None:
        self._arguments = arguments
        self._console = console
        self._installed = Installed()
        self._made: dict[tuple[str, ...], Kernel] = {}
        self._told: set[str] = set()

    def plain(self, file: str) -> Kernel:
        """The kernel of the config that is found for a file, without drivers that the config does not name."""
        config = checked_config(self._arguments, self._console, self._installed, file)
        return self._kernel(config)

    def fitted(self, plain: Kernel, workflow: Workflow) -> Kernel:
        """The kernel for a workflow; raises as `Kernel.fitted`."""
        config = plain.config
        try:
            config = plain.config_for(workflow)
        finally:
            self.tell(config)
        return plain if config is plain.config else self._kernel(config)

    def tell(self, config: Config) -> None:
        """Tell what a config has taken though it is not written; the same only once."""
        if config.origin not in self._told:
            self._told.add(config.origin)
            tell_origin(config, self._arguments, self._console)

    def _kernel(self, config: Config) -> Kernel:
        key = (config.origin, *config.resources.values())
        if key not in self._made:
            self._made[key] = Kernel(config, installed=self._installed)
            keep_secrets(self._console, self._made[key])
        return self._made[key]
