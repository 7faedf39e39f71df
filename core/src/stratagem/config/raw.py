"""Raw: the plain data of a config and where each part was written – found, parsed and overridden."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from stratagem._support.files import expand_home, read_regular, reason_of
from stratagem._support.shown import shown
from stratagem.config import origins
from stratagem.config.lines import key_path, lines_of
from stratagem.config.origins import Origin, dotted
from stratagem.config.toml_syntax import MAX_BYTES, TomlError, read_toml
from stratagem.errors import BadValue, ConfigError

FILE = "stratagem.toml"
VARIABLE = "STRATAGEM_CONFIG"
OVERRIDE = "--set"


@frozen
class Raw:
    """The table as parsed, what it came from, and the origin of each value.

    ``found`` says why it came from there, ``taken`` what was put in that nobody has written.
    """

    table: Mapping[str, Any]
    source: str
    origins: Mapping[origins.Keys, Origin]
    found: str = ""
    taken: tuple[str, ...] = ()


def locate(
    path: str | Path | None, environ: Mapping[str, str], directory: Path, workflow: Path | None = None
) -> tuple[Path, str] | None:
    """Return the config file to read, and why it is that one.

    The one named, that of the environment, or the nearest beside ``workflow`` and above it, then in ``directory`` and
    above that.

    Raises:
        ConfigError: the file that was named does not exist.
    """
    if path is not None:
        return _existing(path, "--config", directory), "named by --config"
    if environ.get(VARIABLE):
        return _existing(environ[VARIABLE], f"${VARIABLE}", directory), f"named by ${VARIABLE}"
    beside = (
        [] if workflow is None else _folders(directory / workflow.parent, "beside the workflow", "above the workflow")
    )
    for folder, where in [*beside, *_folders(directory, "in the current folder", "above the current folder")]:
        if found := _in_folder(folder):
            return found, where
    return None


def _folders(start: Path, there: str, above: str) -> list[tuple[Path, str]]:
    plain = Path(os.path.abspath(start))  # what stands before a ".." is not above it
    return [(plain, there), *((folder, above) for folder in plain.parents)]


def _in_folder(folder: Path) -> Path | None:
    if (folder / FILE).exists():
        return folder / FILE
    project = folder / "pyproject.toml"
    return project if project.is_file() and _is_ours(project) else None


def parse(file: Path, found: str = "") -> Raw:
    """Reads a config file; of a ``pyproject.toml`` the table ``[tool.stratagem]``.

    Raises:
        ConfigError: it can't be read, or is no TOML.
    """
    text = _text(file)
    table, lines = _parsed(text, file), lines_of(text)
    if file.name == "pyproject.toml":
        table = _own_table(table) or {}
        lines = {path[2:]: line for path, line in lines.items() if path[:2] == ("tool", "stratagem")}
    return Raw(table, str(file), origins.origins_of(table, str(file), lines), found)


def overridden(raw: Raw, overrides: Sequence[str]) -> Raw:
    """``raw`` with each ``key.path=value`` put in; a value that is no TOML is taken as text.

    Raises:
        BadValue: an override has no ``=``, or its key is none.
    """
    table, found = _copied(raw.table), dict(raw.origins)
    for text in overrides:
        path, value = _override(text)
        _put(table, path, value)
        found = {known: origin for known, origin in found.items() if known[: len(path)] != path}
        found |= {known: Origin(OVERRIDE) for known in _paths_to(path, value)}
    return evolve(raw, table=table, origins=found)


def _existing(path: str | Path, named_by: str, directory: Path) -> Path:
    hint = f"It is named by {named_by}."
    try:
        file = directory / expand_home(path)
        found = str(path) != "" and file.exists()
    except (OSError, ValueError) as error:  # ValueError: NUL in the name
        what = reason_of(error) if isinstance(error, OSError) else "no file can have this name"
        raise ConfigError(what, file=str(path), hint=hint) from None
    if not found:
        raise ConfigError("there is no such config file", file=str(path) or "''", hint=hint)
    return file


def _text(file: Path) -> str:
    try:
        return read_regular(file, MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"the file can't be read: {reason_of(error)}", file=str(file)) from error
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


def _override(text: str) -> tuple[origins.Keys, Any]:
    key, equals, value = text.partition("=")
    try:
        path = key_path(key)
    except TomlError:
        path = ()
    if not equals or not path:
        raise BadValue(f"expected an override, got {shown(text)}", file=OVERRIDE, hint="Write key.path=value.")
    return path, _value(value)


def _value(text: str) -> Any:
    try:
        parsed = read_toml(f"value = {text}")
    except TomlError:
        return text
    return parsed["value"] if parsed.keys() == {"value"} else text


def _put(table: dict[str, Any], path: origins.Keys, value: Any) -> None:
    for depth, key in enumerate(path[:-1], 1):
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            what = f"expected a table at {dotted(path[:depth])}, got {shown(inner)}"
            raise BadValue(what, file=OVERRIDE, key=dotted(path))
        table = inner
    table[path[-1]] = value


def _copied(value: Any) -> Any:
    return {key: _copied(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _paths_to(path: origins.Keys, value: Any) -> list[origins.Keys]:
    below = origins.origins_of(value, OVERRIDE, {}) if isinstance(value, Mapping) else {(): None}
    return [(*path, *rest) for rest in below]
