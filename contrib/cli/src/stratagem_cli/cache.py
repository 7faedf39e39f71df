"""``stratagem cache stats`` and ``clear``: what the plugins in use keep from one process to the next."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from stratagem import CacheControl, ConfigError, Plugin, columns, nearest
from stratagem.hosting import Installed, load_plugins
from stratagem_cli.console import Console
from stratagem_cli.settings import chosen_config


def stats(arguments: Namespace, console: Console) -> int:
    """Shows what is in each cache."""
    for plugin, cache in _caches(arguments, console):
        with closing(cache):
            console.print(f"{plugin.name} {cache.name}: {cache.place}\n{columns(_rows(cache.stats()), '  ')}")
    return 0


def clear(arguments: Namespace, console: Console) -> int:
    """Empties each cache."""
    for plugin, cache in _caches(arguments, console):
        with closing(cache):
            count = cache.clear()
        entries = "1 entry" if count == 1 else f"{count} entries"
        console.print(f"{plugin.name} {cache.name}: {entries} dropped from {cache.place}")
    return 0


def _caches(arguments: Namespace, console: Console) -> list[tuple[Plugin, CacheControl]]:
    plugins = load_plugins(chosen_config(arguments, console), Installed())
    found = [(plugin, cache) for plugin in plugins for cache in plugin.caches()]
    wanted = arguments.plugin
    if not found:
        what = "no plugin in use keeps a cache from one process to the next"
        raise ConfigError(what, hint="One that does is node-cache: [plugins] use = [\"node-cache\"], with a 'store'.")
    if wanted is not None and not any(plugin.name == wanted for plugin, _ in found):
        names = list(dict.fromkeys(plugin.name for plugin, _ in found))
        what = f"no plugin {wanted!r} in use keeps a cache"
        raise ConfigError(what, hint=nearest(wanted, names) or f"These do: {', '.join(names)}.")
    return [(plugin, cache) for plugin, cache in found if wanted in (None, plugin.name)]


def _rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if not isinstance(value, Mapping):
            yield name, f"{value:,}"
        elif value:
            yield name, ", ".join(f"{inner} {count:,}" for inner, count in value.items())
