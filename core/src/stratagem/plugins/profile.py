"""The completion of a config where it says nothing; its source tells with what, and why."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from stratagem.config.origins import Keys, Origin
from stratagem.config.raw import FILE, Raw
from stratagem.errors import PluginConflict
from stratagem.plugins.defaults import Default, strategy_default, switched_on
from stratagem.plugins.discovery import Installed

PROFILE = "default profile"
HOOKS = ("compile", "schedule", "resolve")


def no_file() -> Raw:
    """The config where there is no file."""
    return Raw({}, f"{PROFILE}, as there is no {FILE}", {})


def with_strategies(raw: Raw, installed: Installed) -> Raw:
    """``raw`` with the strategies that are offered as defaults, for those hooks for which it names none.

    Raises:
        PluginConflict: two are offered for one hook.
    """
    own = raw.table.get("strategy", {})
    if not isinstance(own, Mapping):
        return raw  # which is told when it is converted
    chosen, problems = dict[str, Default](), list[PluginConflict]()
    for hook in HOOKS:
        try:
            default = None if hook in own else strategy_default(installed, hook)
        except PluginConflict as error:
            problems.append(error)
            continue
        if default is not None:
            chosen[hook] = default
    if problems:
        raise PluginConflict.together(problems, "the default profile can't be used")
    table = {**{hook: default.name for hook, default in chosen.items()}, **own}
    taken = [f'{hook} = "{default.name}" {default.why}' for hook, default in chosen.items()]
    paths = [("strategy",), *(("strategy", hook) for hook in chosen)] if chosen else []
    return _with(raw, "strategy", table, taken or ([] if own else ["core's own strategies"]), PROFILE, paths)


def with_switched(raw: Raw, installed: Installed, environ: Mapping[str, str]) -> Raw:
    """``raw`` with the plugins that environment variables switch on; only where it has no ``[plugins]``."""
    found = [] if "plugins" in raw.table else switched_on(installed, environ)
    if not found:
        return raw
    usable = [default for default in found if not default.lacks]
    taken = [f'plugin "{default.name}" {default.why}' for default in usable]
    taken += [
        f'no plugin "{each.name}" {each.why.replace("because", "although", 1)}: {each.lacks}'
        for each in found
        if each.lacks
    ]
    names = [default.name for default in usable]
    if not names:
        return evolve(raw, taken=(*raw.taken, *taken))
    return _with(raw, "plugins", {"use": names}, taken, "environment", [("plugins",), ("plugins", "use")])


def _with(raw: Raw, key: str, value: Any, taken: Iterable[str], origin: str, paths: Iterable[Keys]) -> Raw:
    table = {**raw.table, key: value} if value else raw.table
    origins = {**{path: Origin(origin) for path in paths}, **raw.origins}
    return evolve(raw, table=table, origins=origins, taken=(*raw.taken, *taken))
