"""From a config file, overrides and environment to a Config."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from stratagem.config.converting import convert
from stratagem.config.environment import filled
from stratagem.config.model import Config
from stratagem.config.origins import Origins
from stratagem.config.raw import Raw, locate, overridden, parse
from stratagem.config.spot import Spot
from stratagem.errors import ConfigError, StratagemError
from stratagem.plugins.discovery import Installed
from stratagem.plugins.profile import no_file, with_strategies, with_switched
from stratagem.plugins.required import requirement_problems
from stratagem.plugins.wanted import name_problems, settings_problems, together

UNUSABLE = "the config can't be used"


def load_config(
    path: str | Path | None = None,
    *,
    overrides: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    directory: str | Path | None = None,
    workflow: str | Path | None = None,
    installed: Installed | None = None,
) -> Config:
    """The config to run with: read, and checked against what is installed without importing any of it.

    Args:
        path: the file; left out, ``$STRATAGEM_CONFIG``, then the nearest ``stratagem.toml`` or ``pyproject.toml`` with
            ``[tool.stratagem]`` beside the workflow and above it, then in the directory and its parents, then the
            default profile.
        overrides: ``key.path=value`` each, the value written as TOML or as bare text.
        environ: environment variables, the process's own where left out.
        directory: where to look for the file, the current one where left out.
        workflow: the file of the workflow that is to be run; none where left out.
        installed: what to check names and requirements against, a fresh snapshot where left out.

    Raises:
        ConfigError: unknown keys, bad values, unmet requirements; all of them together.
        PluginNotFound, PluginConflict: a named plugin is not installed, or is offered twice; two defaults are offered
            for a hook and no config chooses.
        StratagemError: problems of both families.
    """
    installed = installed or Installed()
    config, problems = _read(path, overrides, environ, directory, workflow, installed)
    found: list[StratagemError] = [*problems, *requirement_problems(config, installed)]
    found += name_problems(config, installed)
    if not problems:  # a broken table may be the one that names the plugin
        found += settings_problems(config, installed)
    if found:
        raise together(found, UNUSABLE)
    return config


def read_config(
    path: str | Path | None = None,
    *,
    overrides: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    directory: str | Path | None = None,
    workflow: str | Path | None = None,
    installed: Installed | None = None,
) -> Config:
    """As `load_config`, but what the config names and requires need not be installed."""
    config, problems = _read(path, overrides, environ, directory, workflow, installed or Installed())
    if problems:
        raise ConfigError.together(problems, UNUSABLE)
    return config


def default_profile(installed: Installed | None = None) -> Config:
    """The config that is used where there is no file: strategies that are offered as defaults, else core's own.

    Raises:
        PluginConflict: two are offered for one hook.
    """
    config, _ = _config(with_strategies(no_file(), installed or Installed()), {})
    return config


def _read(
    path: str | Path | None,
    overrides: Sequence[str],
    environ: Mapping[str, str] | None,
    directory: str | Path | None,
    workflow: str | Path | None,
    installed: Installed,
) -> tuple[Config, list[ConfigError]]:
    variables = os.environ if environ is None else environ
    beside = None if workflow is None else Path(workflow)
    found = locate(path, variables, Path(directory or ".").absolute(), beside)
    raw = overridden(parse(*found) if found else no_file(), overrides)
    if found is None:
        raw = with_strategies(raw, installed)
    return _config(with_switched(raw, installed, variables), variables)


def _config(raw: Raw, environ: Mapping[str, str]) -> tuple[Config, list[ConfigError]]:
    """The config, and its problems; keys that have some keep their defaults."""
    spot = Spot(origins=Origins(raw.origins))
    config = Config(source=raw.source, found=raw.found, taken=raw.taken, origins=spot.origins)
    if _schema_is_unknown(raw.table, spot):
        return config, spot.problems
    for key, value in raw.table.items():
        data = filled(value, spot.child(key), environ) if key == "settings" else value
        if part := convert({key: data}, Config, spot):
            config = evolve(config, **{key: getattr(part, key)})
    return config, spot.problems


def _schema_is_unknown(table: Mapping[str, Any], spot: Spot) -> bool:
    schema = table.get("schema", 1)
    if type(schema) is int and schema != 1:
        known = spot.child("schema")
        known.must_be("1", schema, "The file is written for another version of stratagem.")
    return bool(spot.problems)
