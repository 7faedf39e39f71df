"""Settings from environment variables: ``{ env = "NAME" }`` stands for the variable's value."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from stratagem.config.spot import Spot
from stratagem.config.toml_syntax import TomlError, read_toml
from stratagem.errors import BadValue
from stratagem.templates.secret import Secret


def is_secret(value: Any) -> TypeGuard[Secret]:
    """Return whether the value is one that must not be printed."""
    return isinstance(value, Secret)


def revealed(text: str) -> str:
    """The text itself, be it secret or not."""
    return text.reveal() if isinstance(text, Secret) else text


def number_in(secret: str) -> Any:
    """The number or truth value that the text of an environment variable writes; else the text."""
    try:
        return read_toml(f"value = {revealed(secret)}")["value"]
    except TomlError:
        return secret


def filled(value: Any, spot: Spot, environ: Mapping[str, str]) -> Any:
    """``value`` with each table that holds only ``env`` replaced by a Secret; a missing variable is reported."""
    if isinstance(value, Mapping):
        if value.keys() == {"env"} and isinstance(value["env"], str):
            return _variable(value["env"], spot, environ)
        return {key: filled(item, spot.child(key), environ) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, spot.child(str(index)), environ) for index, item in enumerate(value)]
    return value


def _variable(name: str, spot: Spot, environ: Mapping[str, str]) -> Any:
    if name not in environ:
        spot.report(
            BadValue, f"the environment variable {name!r} is not set", f"Set {name}, or write the value itself."
        )
        return ""
    return Secret(environ[name])
