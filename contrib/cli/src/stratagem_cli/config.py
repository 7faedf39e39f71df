"""``stratagem config show`` and ``schema``."""

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence

from stratagem import Config, ConfigError, Kernel, Plugin, StratagemError, describe
from stratagem.hosting import (
    COMPILE,
    PLACES,
    RESOLVE,
    RESOURCE,
    SCHEDULE,
    Installed,
    load_alone,
    load_plugins,
    settings_classes,
)
from stratagem_cli.config_schema import config_schema
from stratagem_cli.config_text import show
from stratagem_cli.console import Console
from stratagem_cli.settings import checked_config


def show_(arguments: Namespace, console: Console) -> int:
    """Prints the config in effect as TOML, defaults and the plugins' settings included.

    For a workflow file, if one is named, with the drivers that a run of it would take.
    """
    installed = Installed()
    config = checked_config(arguments, console, installed, arguments.file)
    if arguments.file is None:
        plugins: Sequence[Plugin] = load_plugins(config, installed)
    else:
        config, plugins = _fitted(config, arguments.file, installed, console)
    console.print(show(config, plugins).rstrip("\n"), masked=True)
    return 0


def _fitted(config: Config, file: str, installed: Installed, console: Console) -> tuple[Config, Sequence[Plugin]]:
    """The config with the drivers that a run of the file would take, and all plugins; raises as `Kernel.load`."""
    kernel = Kernel(config)
    workflow = kernel.load(file)
    try:
        fitted = kernel.config_for(workflow)
    except StratagemError as error:
        console.warn(f"no driver is chosen for {file}: {describe(error)}")
        return config, kernel.plugins
    drivers = [] if fitted is config else _drivers(fitted, file, installed, console)
    return fitted, (*kernel.plugins, *drivers)


def _drivers(config: Config, file: str, installed: Installed, console: Console) -> Iterator[Plugin]:
    """Yield the drivers that were taken, and warn of those that can't be used; raises ConfigError for settings."""
    for each, made in load_alone(config, installed, (RESOURCE,)):
        if isinstance(made, ConfigError):
            raise made
        if isinstance(made, Plugin):
            yield made
        else:
            made.hint = "Reinstall or upgrade it, or name another driver in [resources]; an empty table takes none."
            console.warn(f"the driver {each.name!r}, which a run of {file} takes, can't be used: {made}")


def schema(arguments: Namespace, console: Console) -> int:
    """Prints the JSON Schema of configs, with the settings of every plugin that is installed."""
    installed = Installed()
    names = {
        group.removeprefix("stratagem."): installed.choices(group) for group in (COMPILE, SCHEDULE, RESOLVE, RESOURCE)
    }
    names["plugin"] = installed.choices("stratagem.plugin")
    console.print(json.dumps(config_schema(settings_classes(installed, tuple(PLACES)), names), indent=2))
    return 0
