"""From a config to plugins that are ready for use."""

from collections.abc import Collection, Iterator
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, frozen

from stratagem.config.converting import convert
from stratagem.config.model import Config
from stratagem.config.spot import Spot
from stratagem.errors import HookMisuse, PluginError, PluginImportError, PluginIncompatible, StratagemError, describe
from stratagem.plugins.base import Plugin
from stratagem.plugins.discovery import COMPILE, RESOLVE, RESOURCE, SCHEDULE, Installed, Offered
from stratagem.plugins.wanted import Wanted, name_problems, placed, settings_problems, together, wanted

UNUSABLE = "the plugins can't be loaded"

HOOKS: Final = MappingProxyType(
    {COMPILE: "compile", SCHEDULE: "schedule", RESOLVE: "resolve", RESOURCE: "acquire_resource"}
)
"""The hooks that plugins of these groups are named for."""


@frozen
class Loaded:
    """A plugin's class, where the config names it, and who offers it."""

    cls: type[Plugin]
    wanted: Wanted
    offer: Offered


def load_plugins(config: Config, installed: Installed) -> list[Plugin]:
    """The plugins that the config names, in its order: strategies, resource drivers, ``[plugins] use``.

    All names are checked before the first is imported, all are imported and all settings read before the first is
    made; a name that stands for the same object in two places gives one plugin, at its first place.

    Raises:
        PluginNotFound, PluginConflict, PluginImportError, PluginIncompatible, HookMisuse: as their names say.
        ConfigError: settings that can't be used, or of plugins that are not in use.
        StratagemError: problems of both families.
    """
    problems: list[StratagemError] = [*name_problems(config, installed), *settings_problems(config, installed)]
    if problems:
        raise together(problems, UNUSABLE)
    classes: list[Loaded] = []
    for each in _once(wanted(config)):
        try:
            classes.append(load_class(each, config, installed))
        except PluginError as error:
            if not any(error.what == known.what and error.provider == known.provider for known in problems):
                problems.append(placed(error, config, each.path))
    settings = [_settings(loaded, config, problems) for loaded in classes]
    if problems:
        raise together(problems, UNUSABLE)
    return [_made(loaded, own, config) for loaded, own in zip(classes, settings, strict=True)]


def load_class(each: Wanted, config: Config, installed: Installed) -> Loaded:
    """Imports the plugin's class.

    Raises:
        PluginError: it can't be imported, is no Plugin, does not answer the hook that it is named for, or does not work
            on the backend that the config chooses.
    """
    offer, cls = installed.find(each.group, each.name), installed.load(each.group, each.name)
    if not (isinstance(cls, type) and issubclass(cls, Plugin)):
        raise PluginImportError(
            f"expected a subclass of Plugin at {offer.value!r}, got {cls!r}", provider=offer.provider
        )
    if config.run.backend not in cls.backends:
        raise PluginIncompatible(
            f"the plugin {each.name!r} does not work on {config.run.backend}",
            provider=offer.provider,
            hint=f"Set [run] backend to {' or '.join(cls.backends)}, or take the plugin out.",
        )
    hook = HOOKS.get(each.group)
    if hook is not None and not callable(getattr(cls, hook, None)):
        what = f"the plugin {each.name!r} does not answer the hook {hook!r}, for which the config names it"
        raise HookMisuse(what, provider=offer.provider, hint="Name it in [plugins] use, or another one here.")
    return Loaded(cls, each, offer)


def load_alone(
    config: Config, installed: Installed, groups: Collection[str] | None = None
) -> Iterator[tuple[Wanted, Plugin | StratagemError]]:
    """Each plugin that the config names and that can be found: as it is made, or what keeps it from being made.

    Only those of ``groups``, where these are given.
    """
    for each in _once(wanted(config)):
        if groups is not None and each.group not in groups:
            continue
        try:
            installed.find(each.group, each.name)
        except PluginError:
            continue  # `name_problems` tells of it
        try:
            yield each, _alone(each, config, installed)
        except StratagemError as error:
            yield each, error


def _alone(each: Wanted, config: Config, installed: Installed) -> Plugin:
    problems: list[StratagemError] = []
    loaded = load_class(each, config, installed)
    settings = _settings(loaded, config, problems)
    if problems:
        raise together(problems, UNUSABLE)
    return _made(loaded, settings, config)


def settings_classes(installed: Installed, groups: tuple[str, ...]) -> dict[str, type[Any]]:
    """The Settings class of every plugin that is offered in ``groups`` and can be imported, by name."""
    found: dict[str, type[Any]] = {}
    for offer in (offer for group in groups for offer in installed.offered(group)):
        try:
            cls = installed.load(offer.group, offer.name)
        except PluginError:
            continue  # `plugins doctor` tells of it; it must not keep the others from being described
        if isinstance(cls, type) and issubclass(cls, Plugin):
            found[offer.name] = cls.Settings
    return found


def _once(plugins: list[Wanted]) -> list[Wanted]:
    """Each name once, with all the kinds it is given."""
    kinds = {each.title: each.kinds for each in plugins if each.kinds}
    firsts = {each.title: each for each in reversed(plugins)}
    order = dict.fromkeys(each.title for each in plugins)
    return [evolve(firsts[title], kinds=kinds.get(title, ())) for title in order]


def _settings(loaded: Loaded, config: Config, problems: list[StratagemError]) -> Any:
    name, provider = loaded.wanted.title, loaded.offer.provider
    spot = Spot(("settings", name), config.origins, provider=provider)
    try:
        settings = convert(config.settings.get(name, {}), loaded.cls.Settings, spot)
    except HookMisuse as error:
        error.provider = provider
        problems.append(error)
        return None
    problems.extend(spot.problems)
    return settings


def _made(loaded: Loaded, settings: Any, config: Config) -> Plugin:
    each, provider = loaded.wanted, loaded.offer.provider
    try:
        plugin = loaded.cls(settings)
    except StratagemError:
        raise
    except Exception as error:
        what = f"the plugin {each.name!r} can't be made: {describe(error)}"
        raise placed(PluginImportError(what, provider=provider), config, each.path) from error
    plugin.name, plugin.distribution, plugin.kinds = each.title, provider, each.kinds
    return plugin
