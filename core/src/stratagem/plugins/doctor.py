"""An examination of what a config names: can it be found, imported, combined, and does it work here."""

from collections.abc import Iterator

from stratagem.config.model import Config
from stratagem.config.requires import requirement_problems, unmet
from stratagem.errors import PluginError, StratagemError
from stratagem.hooks import Hooks
from stratagem.plugins.base import Finding, Plugin
from stratagem.plugins.discovery import FORMAT, NODES, PLACES, Installed
from stratagem.plugins.load import load_class, load_plugins
from stratagem.plugins.wanted import name_problems, settings_problems, wanted


def examine(config: Config, installed: Installed) -> list[Finding]:
    """Findings about everything the config names, and about names that are offered twice; it never raises.

    The config may be one of `read_config`: what it names need not be installed.
    """
    findings = [_of(problem) for problem in requirement_problems(config, installed)]
    findings += [_of(problem) for problem in (*name_problems(config, installed), *settings_problems(config))]
    findings += _classes(config, installed)
    findings += _twice(config, installed)
    if not any(finding.level == "error" for finding in findings):
        findings += _together(config, installed)
    return findings


def _of(error: StratagemError, subject: str | None = None) -> Finding:
    return Finding("error", subject or error.key or "config", str(error), error.hint or "")


def _classes(config: Config, installed: Installed) -> Iterator[Finding]:
    """Each plugin that can be found: whether it can be imported, and what its distribution lacks."""
    for each in wanted(config):
        try:
            offer = installed.find(each.group, each.name)
        except PluginError:
            continue  # name_problems has told of it
        yield from _lacking(offer.distribution, installed)
        try:
            load_class(each, config, installed)
        except PluginError as error:
            yield _of(error, each.name)
        else:
            yield Finding("ok", each.name, f"{offer.value} from {offer.provider}")


def _lacking(distribution: str, installed: Installed) -> Iterator[Finding]:
    for requirement in installed.requirements(distribution):
        try:
            what = unmet(requirement, installed)
        except ValueError as error:
            yield Finding("warning", distribution, f"it requires {requirement!r}, which is no requirement: {error}")
            continue
        if what:
            yield Finding("error", distribution, what, f'Run: pip install "{requirement}"')


def _twice(config: Config, installed: Installed) -> Iterator[Finding]:
    """Names that are offered twice and that the config does not use: harmless until it does."""
    used = {(each.group, each.name) for each in wanted(config)}
    for group in (*PLACES, NODES, FORMAT):
        for name in installed.names(group):
            if (group, name) in used:
                continue
            try:
                installed.find(group, name)
            except PluginError as error:
                yield Finding("warning", name, error.what, error.hint or "")


def _together(config: Config, installed: Installed) -> Iterator[Finding]:
    """What shows only when the plugins are made: settings, hooks, conflicts, and what they say themselves."""
    try:
        plugins = load_plugins(config, installed)
        hooks = Hooks(plugins)
    except StratagemError as error:
        yield from (_of(problem) for problem in error.problems)
        return
    for kind, name in sorted(hooks.providers.items()):
        yield Finding("ok", kind, f"the resource kind is provided by {name!r}")
    for plugin in plugins:
        yield from _own_findings(plugin)


def _own_findings(plugin: Plugin) -> list[Finding]:
    try:
        return list(plugin.doctor())
    except Exception as error:
        what = f"its own examination raised {type(error).__name__}: {error}"
        return [Finding("error", plugin.label, what, "Report this to its authors.")]
