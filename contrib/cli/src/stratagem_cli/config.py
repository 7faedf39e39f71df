"""``stratagem config show`` and ``schema``."""

import json
from argparse import Namespace

from stratagem import Config, Kernel, StratagemError, describe
from stratagem.hosting import COMPILE, PLACES, RESOLVE, RESOURCE, SCHEDULE, Installed, load_plugins, settings_classes
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
    if arguments.file is not None:
        config = _fitted(config, arguments.file, console)
    console.print(show(config, load_plugins(config, installed)).rstrip("\n"), masked=True)
    return 0


def _fitted(config: Config, file: str, console: Console) -> Config:
    """The config with the drivers that a run of the file would take; without them where it can't be read."""
    try:
        kernel = Kernel(config)
        return kernel.config_for(kernel.load(file))
    except StratagemError as error:
        console.warn(f"no driver is chosen for {file}: {describe(error)}")
        return config


def schema(arguments: Namespace, console: Console) -> int:
    """Prints the JSON Schema of configs, with the settings of every plugin that is installed."""
    installed = Installed()
    names = {
        group.removeprefix("stratagem."): installed.choices(group) for group in (COMPILE, SCHEDULE, RESOLVE, RESOURCE)
    }
    names["plugin"] = installed.choices("stratagem.plugin")
    console.print(json.dumps(config_schema(settings_classes(installed, tuple(PLACES)), names), indent=2))
    return 0
