"""The config that a command works with."""

from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path

from stratagem import Config, MissingRequirement, is_stream, load_config, read_config
from stratagem.hosting import Installed, secrets_in
from stratagem_cli.console import Console


def chosen_config(arguments: Namespace, console: Console) -> Config:
    """The config, checked; tells what was taken though it is not written. Raises as `load_config`."""
    config = checked_config(arguments, console)
    tell_origin(config, arguments, console)
    return config


def tell_origin(config: Config, arguments: Namespace, console: Console) -> None:
    """Tell what the config has taken though nobody has written it, and why."""
    if not arguments.quiet and (arguments.verbose or config.taken):
        console.log(f"config: {config.origin}")


def checked_config(
    arguments: Namespace, console: Console, installed: Installed | None = None, file: str | None = None
) -> Config:
    """The config for a workflow file, checked, with its secrets kept off the console from now on.

    Raises as `load_config`.
    """
    config = load_config(arguments.config, overrides=arguments.set, workflow=_written(file), installed=installed)
    return _kept(config, console)


def _written(file: str | None) -> str | None:
    """The workflow file, if a config may stand beside it."""
    return None if file is None or is_stream(Path(file)) else file


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
        origin = config.origins.exact(("run", "backend"))
        raise MissingRequirement(
            f"the backend {backend!r} is not installed",
            file=origin.file if origin else None,
            line=origin.line if origin else None,
            key="run.backend",
            hint=f'Run: pip install "stratagem-kernel[{backend}]"',
        )
