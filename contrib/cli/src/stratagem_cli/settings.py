"""The config that a command works with."""

from argparse import Namespace
from importlib.util import find_spec

from stratagem.config import Config
from stratagem.errors import MissingRequirement
from stratagem.plugins.configfile import load_config, read_config
from stratagem.plugins.discovery import Installed
from stratagem.templates.secret import secrets_in
from stratagem_cli.console import Console

_NO_FILE = "default profile"


def chosen_config(arguments: Namespace, console: Console) -> Config:
    """The config, checked; tells which profile is used where there is no file. Raises as `load_config`."""
    config = checked_config(arguments, console)
    if not arguments.quiet and (arguments.verbose or config.source.startswith(_NO_FILE)):
        console.tell(f"config: {config.source}")
    return config


def checked_config(arguments: Namespace, console: Console, installed: Installed | None = None) -> Config:
    """The config, checked, with its secrets kept off the console from now on. Raises as `load_config`."""
    return _kept(load_config(arguments.config, overrides=arguments.set, installed=installed), console)


def config_as_read(arguments: Namespace, console: Console, installed: Installed | None = None) -> Config:
    """The config as `read_config` gives it, with its secrets kept off the console from now on."""
    return _kept(read_config(arguments.config, overrides=arguments.set, installed=installed), console)


def _kept(config: Config, console: Console) -> Config:
    for secret in secrets_in(config.settings):
        console.secrets.add(secret)
    return config


def require_backend(config: Config) -> None:
    """Raises MissingRequirement if the event loop that the config chooses is not installed."""
    backend = config.run.backend
    if find_spec(backend) is None:
        place = config.places.exact(("run", "backend"))
        raise MissingRequirement(
            f"the backend {backend!r} is not installed",
            file=place.file if place else None,
            line=place.line if place else None,
            key="run.backend",
            hint=f'Run: pip install "stratagem-kernel[{backend}]"',
        )
