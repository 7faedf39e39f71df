"""The config that a command works with."""

from argparse import Namespace
from importlib.util import find_spec

from stratagem.config import Config
from stratagem.errors import MissingRequirement
from stratagem.plugins.configfile import load_config, read_config
from stratagem.plugins.discovery import Installed
from stratagem.plugins.profile import PROFILE
from stratagem.templates.secret import secrets_in
from stratagem_cli.console import Console


def chosen_config(arguments: Namespace, console: Console) -> Config:
    """The config, checked; tells which profile is used where there is no file. Raises as `load_config`."""
    config = checked_config(arguments, console)
    tell_source(config, arguments, console)
    return config


def tell_source(config: Config, arguments: Namespace, console: Console) -> None:
    """Tell where the config comes from if something of it was chosen and not written, or if that was asked for."""
    chosen = config.source.startswith(PROFILE) or "because" in config.source
    if not arguments.quiet and (arguments.verbose or chosen) and config.source not in console.told:
        console.told.add(config.source)
        console.tell(f"config: {config.source}")


def checked_config(arguments: Namespace, console: Console, installed: Installed | None = None) -> Config:
    """The config, checked, with its secrets kept off the console from now on. Raises as `load_config`."""
    found = load_config(
        arguments.config, overrides=arguments.set, workflow=_workflow_of(arguments), installed=installed
    )
    return _kept(found, console)


def config_as_read(arguments: Namespace, console: Console, installed: Installed | None = None) -> Config:
    """The config as `read_config` gives it, with its secrets kept off the console from now on."""
    return _kept(read_config(arguments.config, overrides=arguments.set, installed=installed), console)


def _workflow_of(arguments: Namespace) -> str | None:
    """The file whose folder the config is looked for in: of several, the first."""
    found: str | None = getattr(arguments, "file", None) or next(iter(getattr(arguments, "files", ())), None)
    return found


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
