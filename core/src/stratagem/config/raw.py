"""Raw: the plain data of a config and where each part was written – found, parsed and overridden."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from stratagem.config import places
from stratagem.config.lines import key_path, lines_of
from stratagem.config.places import Place, dotted
from stratagem.config.toml_syntax import MAX_BYTES, TomlError, read_toml
from stratagem.errors import BadValue, ConfigError
from stratagem.files import expanded, read_regular, why
from stratagem.shown import shown

FILE = "stratagem.toml"
VARIABLE = "STRATAGEM_CONFIG"
OVERRIDE = "--set"


@frozen
class Raw:
    """The table as parsed, what it came from, and the place of each value."""

    table: Mapping[str, Any]
    source: str
    places: Mapping[places.Path, Place]


def locate(
    path: str | Path | None, environ: Mapping[str, str], directory: Path, beside: Path | None = None
) -> Path | None:
    """The config file to read.

    It is the one named, the environment's, or the nearest one: in the folder ``beside`` and those above it, then in
    ``directory`` and those above that.

    Raises:
        ConfigError: the file that was named does not exist.
    """
    if path is not None:
        return _existing(path, "--config", directory)
    if environ.get(VARIABLE):
        return _existing(environ[VARIABLE], f"${VARIABLE}", directory)
    first = () if beside is None else (beside, *beside.parents)
    for folder in dict.fromkeys((*first, directory, *directory.parents)):
        if (folder / FILE).exists():
            return folder / FILE
        project = folder / "pyproject.toml"
        if project.is_file() and _is_ours(project):
            return project
    return None


def parse(file: Path) -> Raw:
    """Reads a config file; of a ``pyproject.toml`` the table ``[tool.stratagem]``.

    Raises:
        ConfigError: it can't be read, or is no TOML.
    """
    text = _text(file)
    table, lines = _parsed(text, file), lines_of(text)
    if file.name == "pyproject.toml":
        table = _own_table(table) or {}
        lines = {path[2:]: line for path, line in lines.items() if path[:2] == ("tool", "stratagem")}
    return Raw(table, str(file), places.places_of(table, str(file), lines))


def overridden(raw: Raw, overrides: Sequence[str]) -> Raw:
    """``raw`` with each ``key.path=value`` put in; a value that is no TOML is taken as text.

    Raises:
        BadValue: an override has no ``=``, or its key is none.
    """
    table, found = _copied(raw.table), dict(raw.places)
    for text in overrides:
        path, value = _override(text)
        _put(table, path, value)
        found = {known: place for known, place in found.items() if known[: len(path)] != path}
        found |= {known: Place(OVERRIDE) for known in _paths_to(path, value)}
    return Raw(table, raw.source, found)


def _existing(path: str | Path, named_by: str, directory: Path) -> Path:
    hint = f"It is named by {named_by}."
    try:
        file = directory / expanded(path)
        found = str(path) != "" and file.exists()
    except (OSError, ValueError) as error:  # ValueError: NUL in the name
        what = why(error) if isinstance(error, OSError) else "no file can have this name"
        raise ConfigError(what, file=str(path), hint=hint) from None
    if not found:
        raise ConfigError("there is no such config file", file=str(path) or "''", hint=hint)
    return file


def _text(file: Path) -> str:
    try:
        return read_regular(file, MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"the file can't be read: {why(error)}", file=str(file)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"this is not UTF-8 text (byte {error.start})", file=str(file), line=line) from None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return read_toml(text)
    except TomlError as error:
        raise ConfigError(f"the file is no valid TOML: {error}", file=str(file), line=error.line) from None


def _is_ours(project: Path) -> bool:
    """Return whether a ``pyproject.toml`` has a table for us.

    One that doesn't is no concern of ours, however odd it is.
    """
    try:
        raw = read_regular(project, MAX_BYTES)
    except OSError:
        return False
    if b"stratagem" not in raw:
        return False
    return _own_table(_parsed(_text(project), project)) is not None


def _own_table(table: Mapping[str, Any]) -> dict[str, Any] | None:
    own = table["tool"].get("stratagem") if isinstance(table.get("tool"), dict) else None
    return own if isinstance(own, dict) else None


def _override(text: str) -> tuple[places.Path, Any]:
    key, equals, value = text.partition("=")
    try:
        path = key_path(key)
    except TomlError:
        path = ()
    if not equals or not path:
        raise BadValue(f"{shown(text)} is no override", file=OVERRIDE, hint="Write key.path=value.")
    return path, _value(value)


def _value(text: str) -> Any:
    try:
        parsed = read_toml(f"value = {text}")
    except TomlError:
        return text
    return parsed["value"] if parsed.keys() == {"value"} else text


def _put(table: dict[str, Any], path: places.Path, value: Any) -> None:
    for depth, key in enumerate(path[:-1], 1):
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            raise BadValue(f"{dotted(path[:depth])} is no table", file=OVERRIDE, key=dotted(path))
        table = inner
    table[path[-1]] = value


def _copied(value: Any) -> Any:
    return {key: _copied(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _paths_to(path: places.Path, value: Any) -> list[places.Path]:
    below = places.places_of(value, OVERRIDE, {}) if isinstance(value, Mapping) else {(): None}
    return [(*path, *rest) for rest in below]
