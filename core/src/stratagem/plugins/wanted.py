"""The plugins that a config names, and the problems of these names."""

from collections.abc import Sequence

from attrs import frozen

from stratagem._support.suggesting import nearest
from stratagem.config.model import Config
from stratagem.config.origins import Keys, dotted
from stratagem.config.spot import Spot
from stratagem.errors import (
    BadValue,
    ConfigError,
    PluginConflict,
    PluginError,
    StratagemError,
    UnknownKey,
)
from stratagem.plugins.defaults import all_drivers, all_switched
from stratagem.plugins.discovery import COMPILE, PLACES, PLUGIN, RESOLVE, RESOURCE, SCHEDULE, Installed, bare


@frozen
class Wanted:
    """A plugin that a config names; ``path`` is the key that names it, ``kinds`` what it is to drive."""

    group: str
    """The entry-point group."""
    name: str
    """The name as the config has it."""
    path: Keys
    kinds: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name without a distribution: what its settings and messages go by."""
        return bare(self.name)


def wanted(config: Config) -> list[Wanted]:
    """The plugins in order: strategies, resource drivers (each once), then those of ``[plugins] use``."""
    strategy = config.strategy
    found = [
        Wanted(COMPILE, strategy.compile, ("strategy", "compile")),
        Wanted(SCHEDULE, strategy.schedule, ("strategy", "schedule")),
        Wanted(RESOLVE, strategy.resolve, ("strategy", "resolve")),
    ]
    for driver in dict.fromkeys(config.resources.values()):
        kinds = tuple(kind for kind, chosen in config.resources.items() if chosen == driver)
        found.append(Wanted(RESOURCE, driver, ("resources", kinds[0]), kinds))
    used = dict.fromkeys(config.plugins.use)
    return found + [Wanted(PLUGIN, name, ("plugins", "use", str(config.plugins.use.index(name)))) for name in used]


def name_problems(config: Config, installed: Installed) -> list[StratagemError]:
    """Return what is wrong with the names.

    Not installed, offered twice, used twice, or meaning two different plugins.
    """
    problems: list[StratagemError] = [*_repeated(config)]
    values: dict[str, tuple[str, str]] = {}
    for each in wanted(config):
        try:
            offer = installed.find(each.group, each.name)
        except PluginError as error:
            problems.append(placed(error, config, each.path))
            continue
        value, provider = values.setdefault(each.title, (offer.value, offer.provider))
        if (value, provider) != (offer.value, offer.provider):
            what = f"{each.title!r} would name two plugins, {value} of {provider} and {offer.value} of {offer.provider}"
            conflict = PluginConflict(what, hint="Use only one of them: settings go by the name alone.")
            problems.append(placed(conflict, config, each.path))
    return problems


def settings_problems(config: Config, installed: Installed) -> list[ConfigError]:
    """An UnknownKey for each table of settings whose plugin is neither in use, nor taken without being named."""
    spot = Spot(("settings",), config.origins)
    names = {each.title for each in wanted(config)}
    if config.settings.keys() - names:
        names |= _at_hand(config, installed)
    for name in config.settings.keys() - names:
        hint = _use(name, installed) or nearest(name, names) or _install(name, installed)
        spot.child(name).report(UnknownKey, f"the plugin {name!r} is not in use", hint)
    return spot.problems


def _use(name: str, installed: Installed) -> str | None:
    """Return the line of a config that uses a plugin which is installed, but named nowhere."""
    lines = {group: f'{place} = "{name}"' for group, place in PLACES.items()}
    lines |= {RESOURCE: f'[resources] … = "{name}"', PLUGIN: f'[plugins] use = ["{name}"]'}
    found = [line for group, line in lines.items() if name in installed.names(group)]
    return f"Write {' or '.join(found)}, or drop its settings." if found else None


def _install(name: str, installed: Installed) -> str:
    told = (installed.known(group, name) for group in PLACES)
    distribution = next(filter(None, told), None)
    remedy = f"Run: pip install {distribution}, and use it" if distribution else "Install and use it"
    return nearest(name, _offered(installed)) or f"{remedy}, or drop its settings."


def _offered(installed: Installed) -> set[str]:
    return {name for group in PLACES for name in installed.names(group)}


def _at_hand(config: Config, installed: Installed) -> set[str]:
    """The plugins that may be taken for a workflow, or by environment variables, as the config does not say which."""
    drivers = set() if config.says("resources") else all_drivers(installed)
    return drivers if config.says("plugins") else drivers | all_switched(installed)


def _repeated(config: Config) -> list[ConfigError]:
    spot = Spot(("plugins", "use"), config.origins)
    for index, name in enumerate(config.plugins.use):
        if name in config.plugins.use[:index]:
            spot.child(str(index)).report(BadValue, f"{name!r} is used twice", "A plugin has one place in the order.")
    return spot.problems


def placed(error: PluginError, config: Config, path: Keys) -> PluginError:
    """The error with the file, line and key of the config that are concerned."""
    origin = config.origins.around(path)
    error.file, error.line = (origin.file, origin.line) if origin else (None, None)
    error.key = dotted(path)
    return error


def together(problems: Sequence[StratagemError], what: str) -> StratagemError:
    """One error for all, of the nearest class that they have in common."""
    families: tuple[type[StratagemError], ...] = (type(problems[0]), ConfigError, PluginError, StratagemError)
    common = next(family for family in families if all(isinstance(problem, family) for problem in problems))
    return common.together(problems, what)
