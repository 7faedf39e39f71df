"""Defaults that installed distributions offer: strategies, drivers of resource kinds, plugins that variables switch on.

Entry points say it, and their values are names, not objects: ``schedule = "dag"`` in `DEFAULT` offers a strategy for a
hook, ``browser = "playwright"`` in `DRIVER` a driver for a resource kind. In `ENVIRONMENT` the name is a variable:
``otel`` uses that plugin where it is set, ``otel [http,grpc]`` where one of these extras is installed as well, and
``otel:off`` does not where it is ``true``. As values must look like objects,
``_`` stands for ``-`` in them.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint

from attrs import frozen

from stratagem.errors import PluginConflict
from stratagem.plugins.discovery import DEFAULT, DRIVER, ENVIRONMENT, PLUGIN, RESOURCE, Installed, Offered, canonical
from stratagem.plugins.requirements import has_extra


@frozen
class Default:
    """An offer that is taken where the config says nothing: ``name`` as a config writes it, and why it is taken.

    One that can't be used ``lacks`` what the text tells of.
    """

    name: str
    offer: Offered
    why: str
    lacks: str = ""


def strategy_default(installed: Installed, hook: str) -> Default | None:
    """Return the strategy that is offered as the default for a hook; raises PluginConflict where there are several."""
    found = _offers(installed, DEFAULT, f"stratagem.{hook}", hook)
    if len(found) > 1:
        what = f"{names_of([*found])} are offered as defaults for the hook {hook!r}"
        raise PluginConflict(what, hint=write_one(f"[strategy] {hook}", [*found], installed))
    for offer, by in found.items():
        return Default(written(offer, installed), offer, f"as {by.provider} has it")
    return None


def drivers_of(installed: Installed, kind: str) -> list[Offered]:
    """Return the drivers that are offered for a resource kind."""
    return [*_offers(installed, DRIVER, RESOURCE, kind)]


def all_drivers(installed: Installed) -> set[str]:
    """Return the names of all drivers that are offered for some kind."""
    return {offer.name for kind in installed.names(DRIVER) for offer in drivers_of(installed, kind)}


def switched_on(installed: Installed, environ: Mapping[str, str]) -> list[Default]:
    """Return the plugins that environment variables switch on, by name."""
    found: list[Default] = []
    for offer, switches in _switches(installed).items():
        given = [each for each in switches if not _is_off(each) and environ.get(each.name)]
        off = any(environ.get(each.name, "").strip().lower() == "true" for each in switches if _is_off(each))
        if given and not off:
            found.append(_switched(offer, given, installed))
    return sorted(found, key=lambda default: default.name)


def _switched(offer: Offered, given: Sequence[Offered], installed: Installed) -> Default:
    """Return the plugin as switched on by the first variable that has all it needs, else by the first."""
    usable = [each for each in given if _is_usable(each, offer, installed)]
    lacks = "" if usable else _remedy(offer, given)
    return Default(written(offer, installed), offer, f"because {(usable or given)[0].name} is set", lacks)


def _is_off(switch: Offered) -> bool:
    return switch.entry_point.attr == "off"


def _is_usable(switch: Offered, offer: Offered, installed: Installed) -> bool:
    """Return whether one of the extras is installed that the plugin is of use with, or it needs none."""
    extras = _extras(switch)
    return not extras or any(has_extra(offer.distribution, extra, installed) for extra in extras)


def _remedy(offer: Offered, switches: Sequence[Offered]) -> str:
    """Return what to install so that one of the switches has what it needs."""
    extras = dict.fromkeys(extra for switch in switches for extra in _extras(switch))
    return "pip install " + " or ".join(f"'{offer.distribution}[{extra}]'" for extra in extras)


def _extras(switch: Offered) -> list[str]:
    """Return the extras that a switch names, whole: ``EntryPoint.extras`` parts them at a hyphen."""
    value = EntryPoint.pattern.match(switch.value)
    listed = (value["extras"] or "").strip("[]") if value else ""
    return [extra.strip() for extra in listed.split(",") if extra.strip()]


def all_switched(installed: Installed) -> set[str]:
    """Return the names of all plugins that variables can switch on."""
    return {offer.name for offer in _switches(installed)}


def _switches(installed: Installed) -> dict[Offered, list[Offered]]:
    found: dict[Offered, list[Offered]] = {}
    for switch in installed.offered(ENVIRONMENT):
        if EntryPoint.pattern.match(switch.value) is None:
            continue  # no plugin can have such a name
        offer = _meant(installed, switch, PLUGIN, switch.entry_point.module)
        if offer is not None and switch.entry_point.attr in (None, "off"):
            found.setdefault(offer, []).append(switch)
    return found


def _offers(installed: Installed, told_in: str, group: str, key: str) -> dict[Offered, Offered]:
    """Return what is named under ``key`` in a group of names, as far as it is installed, and the first that names it."""
    found: dict[Offered, Offered] = {}
    for each in installed.offered(told_in):
        offer = _meant(installed, each, group, each.value) if each.name == key else None
        if offer is not None:
            found.setdefault(offer, each)
    return found


def as_default(offer: Offered, installed: Installed) -> Default:
    """The offer as what is taken, because it is installed."""
    return Default(written(offer, installed), offer, f"because {offer.provider} is installed")


def written(offer: Offered, installed: Installed) -> str:
    """Return how a config names the offer: by its name where that stands for it."""
    others = [each for each in installed.offered(offer.group) if each.name == offer.name and each != offer]
    alone = offer.is_meant or not others
    return offer.name if alone else offer.full


def names_of(offers: Sequence[Offered]) -> str:
    """The offers with their distributions, for messages."""
    return " and ".join(f"{offer.name!r} of {offer.provider}" for offer in offers)


def write_one(place: str, offers: Sequence[Offered], installed: Installed) -> str:
    """The hint that tells which lines of a config choose among the offers."""
    lines = " or ".join(f'{place} = "{written(offer, installed)}"' for offer in offers)
    return f"Write one of them in stratagem.toml: {lines}."


def _meant(installed: Installed, by: Offered, group: str, name: str) -> Offered | None:
    """Return what a distribution means by a name: its own offer, else the one that there is."""
    offers = [offer for offer in installed.offered(group) if canonical(offer.name) == canonical(name)]
    own = [offer for offer in offers if offer.distribution == by.distribution]
    meant = own or [offer for offer in offers if offer.is_meant] or offers
    return meant[0] if len(meant) == 1 else None
