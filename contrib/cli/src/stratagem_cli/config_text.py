"""The effective config as TOML text, with the origin of each value."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Protocol

import attrs

from stratagem import MASK, Config, Secret
from stratagem.hosting import Keys, Masker, dotted_key, keys_of, secrets_in, toml_value

DEFAULT = "default"


class Configured(Protocol):
    """A plugin with its settings."""

    name: str
    settings: Any


def show(config: Config, plugins: Sequence[Configured] = ()) -> str:
    """TOML text that gives the same config when it is read, but for secrets, which are masked.

    With the loaded ``plugins`` their settings are shown whole, defaults and all.
    """
    table = plain(config)
    table["settings"] = {name: dict(given) for name, given in config.settings.items()}
    table["settings"] |= {plugin.name: plain(plugin.settings) for plugin in plugins if attrs.has(type(plugin.settings))}
    table["settings"] = _veiled(table["settings"], config.settings)
    masked = Masker(secrets_in(config.settings)).redact(table)
    return "\n".join([f"# {_origin(config)}", *_lines(masked, (), config)]) + "\n"


def _origin(config: Config) -> str:
    return f"{config.origin} ({config.found})" if config.found else config.origin


def plain(value: Any) -> Any:
    """Settings objects as nested dicts by key."""
    if attrs.has(type(value)):
        return {key: plain(getattr(value, a.name)) for key, a in keys_of(type(value)).items()}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, PurePath):
        return str(value)
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _veiled(shown: Any, given: Any) -> Any:
    """The settings with the mask for what was given as a secret, numbers that were made of one included."""
    if isinstance(given, Secret):
        return MASK
    if isinstance(shown, Mapping) and isinstance(given, Mapping):
        return {key: _veiled(item, given.get(key)) for key, item in shown.items()}
    if isinstance(shown, list) and isinstance(given, (list, tuple)):
        return [_veiled(item, old) for item, old in zip(shown, [*given, *shown[len(given) :]], strict=False)]
    return shown


def _lines(table: Mapping[str, Any], path: Keys, config: Config) -> Iterator[str]:
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    for key, value in table.items():
        if key not in tables:
            yield _line(key, value, (*path, key), config)
    for key, value in tables.items():
        below = (*path, key)
        if value or config.origins.exact(below):
            yield f"\n[{'.'.join(map(dotted_key, below))}]"
            yield from _lines(value, below, config)


def _line(key: str, value: Any, path: Keys, config: Config) -> str:
    origin = config.origins.exact(path) or DEFAULT
    text = f"{dotted_key(key)} = {toml_value(value)}" if value is not None else f"# {dotted_key(key)} is not set"
    return f"{text}  # {origin}"
