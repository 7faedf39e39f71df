"""Drivers for the resource kinds that a workflow asks for, where the config has no ``[resources]``."""

from attrs import evolve

from stratagem.config.model import Config
from stratagem.errors import PluginConflict, PluginError
from stratagem.nodes.kinds import Kinds
from stratagem.plugins.defaults import as_default, drivers_of, names_of, write_one, written
from stratagem.plugins.discovery import DRIVER, KIND, RESOURCE, Installed, Offered
from stratagem.plugins.load import load_class
from stratagem.plugins.wanted import Wanted


def may_take_drivers(config: Config, installed: Installed) -> bool:
    """Return whether the config leaves the choice of drivers open, and some are offered."""
    if config.resources or config.says("resources"):
        return False
    return bool(installed.offered(DRIVER))


def with_drivers(config: Config, kinds: Kinds, installed: Installed) -> Config:
    """The config with the one driver that is installed for each kind, as far as there is one.

    Kinds that nodes can do without never stop a run: where several drivers are installed, or the one can't be used,
    none is taken. ``taken`` of the config tells what was done and why.

    Raises:
        PluginConflict: several drivers are installed for a kind that is needed.
    """
    chosen, taken, problems = dict[str, str](), list[str](), list[PluginConflict]()
    for kind, by in kinds.needed.items():
        offers = drivers_of(installed, kind)
        if len(offers) > 1:
            problems.append(_several(kind, by, offers, installed))
        elif offers:
            _take(kind, offers[0], installed, chosen, taken)
    for kind in kinds.optional:
        offers = drivers_of(installed, kind)
        if why := _unusable(kind, offers, config, installed):
            taken.append(f"no driver for {kind!r} {why}")
        elif offers:
            _take(kind, offers[0], installed, chosen, taken)
    if problems:
        raise PluginConflict.together(problems, "drivers must be chosen")
    return evolve(config, resources=chosen, taken=(*config.taken, *taken)) if taken else config


def _take(kind: str, offer: Offered, installed: Installed, chosen: dict[str, str], taken: list[str]) -> None:
    default = as_default(offer, installed)
    chosen[kind] = default.name
    taken.append(f'resources.{kind} = "{default.name}" {default.why}')


def _several(kind: str, by: str, offers: list[Offered], installed: Installed) -> PluginConflict:
    what = f"{names_of(offers)} are installed for the resource kind {kind!r}, which {by} needs"
    return PluginConflict(what, hint=write_one(f"[resources] {kind}", offers, installed))


def _unusable(kind: str, offers: list[Offered], config: Config, installed: Installed) -> str:
    if len(offers) > 1:
        return f"because {names_of(offers)} are installed"
    try:
        for offer in offers:
            load_class(Wanted(RESOURCE, written(offer, installed), ("resources", kind), (kind,)), config, installed)
    except PluginError as error:
        return f"because {names_of(offers)} can't be used: {error.what}"
    return ""


def remedy(kind: str, installed: Installed, config: Config) -> str | None:
    """Return what to do where nothing provides a kind, as far as installed distributions tell."""
    if offers := drivers_of(installed, kind):
        lines = " or ".join(f'[resources] {kind} = "{written(offer, installed)}"' for offer in offers)
        return f"Name a driver for it in the config: {lines}."
    distribution = installed.known(KIND, kind)
    if distribution is None:
        return None
    more = f", and name its driver in the config: [resources] {kind} = …" if config.says("resources") else ""
    return f"Run: pip install {distribution}{more}"
