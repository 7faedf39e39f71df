"""A plugin's implementations of hooks, found and checked before any of them is registered."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pluggy
from attrs import frozen

from stratagem._support.suggesting import nearest
from stratagem.errors import HookMisuse
from stratagem.hookspecs import PROJECT
from stratagem.plugins.base import Plugin
from stratagem.plugins.contracts import CONTRACTS, Contract

_READER = pluggy.PluginManager(PROJECT)  # only asked what is marked; nothing is ever registered with it


@frozen
class Implementation:
    """A method that answers a hook. ``fallback`` gives way to every other answer, as core's own do."""

    plugin: Plugin
    """The plugin that has it."""
    contract: Contract
    """The contract of the hook."""
    function: Callable[..., Any]
    """The bound method."""
    wrapper: bool
    """True if it wraps what lies inside of it."""
    fallback: bool

    def misuse(self, what: str, hint: str | None = None) -> HookMisuse:
        """An error that names the plugin and the hook."""
        return misuse(self.plugin, self.contract.hook, what, hint)


def misuse(plugin: Plugin, hook: str, what: str, hint: str | None = None) -> HookMisuse:
    """The error that a plugin's method for ``hook`` is wrong: "the plugin 'x': the hook 'y' …"."""
    name = plugin.name or type(plugin).__qualname__
    return HookMisuse(f"the plugin {name!r}: the hook {hook!r} {what}", provider=plugin.distribution or None, hint=hint)


def implementations(plugin: Plugin) -> tuple[list[Implementation], list[HookMisuse]]:
    """The plugin's implementations, and what is wrong with those that can't be used."""
    found: dict[str, Implementation] = {}
    problems: list[HookMisuse] = []
    for name in dir(type(plugin)):
        options = _READER.parse_hookimpl_opts(type(plugin), name)
        if options is None:
            problems += _unmarked(plugin, name)
            continue
        hook = options.get("specname") or name
        if hook not in CONTRACTS:
            problems.append(misuse(plugin, hook, "does not exist", _known(hook)))
        elif hook in found:
            problems.append(misuse(plugin, hook, "is implemented twice", "Keep one of the methods."))
        else:
            found[hook] = _implementation(plugin, hook, name, options)
            problems += _problems(found[hook], options)
    _missing_driver(plugin, found, problems)
    return list(found.values()), problems


def _implementation(plugin: Plugin, hook: str, name: str, options: Mapping[str, Any]) -> Implementation:
    wrapper = bool(options.get("wrapper"))
    fallback = bool(options.get("trylast")) and not wrapper
    return Implementation(plugin, CONTRACTS[hook], getattr(plugin, name), wrapper, fallback)


def _known(hook: str) -> str:
    return nearest(hook, list(CONTRACTS)) or f"There are {', '.join(CONTRACTS)}."


def _unmarked(plugin: Plugin, name: str) -> Iterator[HookMisuse]:
    if name in CONTRACTS and inspect.isfunction(inspect.getattr_static(plugin, name)):
        yield misuse(plugin, name, "is implemented by a method that is not marked", "Mark it with @stratagem.hookimpl.")


def _problems(found: Implementation, options: Mapping[str, Any]) -> Iterator[HookMisuse]:
    if options.get("hookwrapper"):
        yield found.misuse("uses the old form of wrappers", "Use hookimpl(wrapper=True).")
    if options.get("tryfirst") or (options.get("trylast") and found.wrapper):
        yield found.misuse(
            "asks for a place in the order", "The config's order decides; leave tryfirst and trylast out."
        )
    if found.wrapper and not found.contract.wrappable:
        yield found.misuse("takes no wrappers", "Every plugin's answer is used.")
    yield from _wrong_form(found)
    yield from _wrong_arguments(found)


def _wrong_form(found: Implementation) -> Iterator[HookMisuse]:
    function = found.function
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        yield found.misuse("is implemented by an async function", "Hooks choose and must not wait: return an object.")
    elif found.wrapper and not inspect.isgeneratorfunction(function):
        yield found.misuse("has a wrapper that does not yield", "Write: inner = yield; return …")
    elif not found.wrapper and inspect.isgeneratorfunction(function) and not _is_old_wrapper(found):
        yield found.misuse("is implemented by a generator", "Return the object, or mark a wrapper with wrapper=True.")


def _is_old_wrapper(found: Implementation) -> bool:
    options = _READER.parse_hookimpl_opts(type(found.plugin), found.function.__name__)
    return options is not None and options["hookwrapper"]


def _wrong_arguments(found: Implementation) -> Iterator[HookMisuse]:
    for parameter in inspect.signature(found.function).parameters.values():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            yield found.misuse(f"can't be asked with the parameter {parameter}", "Name plain parameters.")
        elif parameter.name not in found.contract.arguments and parameter.default is parameter.empty:
            arguments = found.contract.arguments
            hint = nearest(parameter.name, arguments) or f"It has {', '.join(arguments)}."
            yield found.misuse(f"has no argument {parameter.name!r}", hint)


def _missing_driver(plugin: Plugin, found: Mapping[str, Implementation], problems: list[HookMisuse]) -> None:
    own = found.get("acquire_resource")
    if plugin.kinds and (own is None or own.wrapper):
        what = f"is not answered, though the config makes it the driver of {', '.join(map(repr, plugin.kinds))}"
        problems.append(misuse(plugin, "acquire_resource", what, "Choose another driver in [resources]."))
