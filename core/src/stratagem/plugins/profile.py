"""What is taken where the config does not say: strategies that the product suggests, drivers that are installed."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from stratagem.config.model import Config
from stratagem.config.places import Places, places_of
from stratagem.config.raw import FILE, Raw
from stratagem.errors import PluginConflict
from stratagem.plugins.discovery import PLUGIN, Installed, Offered, canonical

DEFAULT, DRIVER, ENVIRONMENT = "stratagem.default", "stratagem.driver", "stratagem.environment"
"""Entry-point groups whose values are names, not objects: ``hook = name``, ``kind = driver``, ``VARIABLE = plugin``."""

PRODUCT = "stratagem"
"""The distribution whose defaults count: none that is merely installed changes how workflows run."""

PROFILE = "default profile"


def default_raw(installed: Installed, environ: Mapping[str, str]) -> Raw:
    """The default profile as data; its source says what was chosen and why."""
    chosen = {offer.name: offer for offer in installed.offered(DEFAULT) if canonical(offer.distribution) == PRODUCT}
    table: dict[str, Any] = {"strategy": {hook: offer.value for hook, offer in chosen.items()}} if chosen else {}
    reasons = [f'{hook} = "{offer.value}" as {offer.provider} has it' for hook, offer in chosen.items()]
    if wanted := _wanted_by(environ, installed):
        table["plugins"] = {"use": list(wanted)}
        reasons += [f'plugin "{plugin}" because {variable} is set' for plugin, variable in wanted.items()]
    source = f"{PROFILE}, as there is no {FILE}: " + (", ".join(reasons) or "core's own strategies")
    return Raw(table, source, places_of(table, PROFILE, {}))


def _wanted_by(environ: Mapping[str, str], installed: Installed) -> dict[str, str]:
    """The plugins that environment variables ask for and that are installed, and the first variable of each."""
    found: dict[str, str] = {}
    for offer in installed.offered(ENVIRONMENT):
        is_told = canonical(offer.distribution) == PRODUCT and environ.get(offer.name)
        if is_told and offer.value in installed.names(PLUGIN):
            found.setdefault(offer.value, offer.name)
    return found


def leaves_drivers_open(config: Config, installed: Installed) -> bool:
    """Return whether the config has no table ``[resources]``, and drivers are installed that could be taken."""
    return not any(path[:1] == ("resources",) for path in config.places.known) and bool(installed.offered(DRIVER))


def with_drivers(config: Config, kinds: Iterable[str], installed: Installed) -> Config:
    """The config, which has no table ``[resources]``, with a driver for each of these resource kinds.

    A kind for which one driver is installed gets that one; the source says so. One without any is left out: it may be
    a plugin in use that provides it.

    Raises:
        PluginConflict: several drivers are installed for a kind.
    """
    found = {kind: offer for kind in sorted(kinds) if (offer := _driver(kind, installed)) is not None}
    if not found:
        return config
    resources = {kind: offer.value for kind, offer in found.items()}
    reasons = [
        f'resources.{kind} = "{offer.value}" because {offer.provider} is installed' for kind, offer in found.items()
    ]
    places = {**config.places.known, **places_of({"resources": resources}, PROFILE, {})}
    source = ", ".join([config.source, *reasons])
    return evolve(config, resources=resources, source=source, places=Places(places))


def _driver(kind: str, installed: Installed) -> Offered | None:
    offers = [offer for offer in installed.offered(DRIVER) if offer.name == kind]
    if len(offers) > 1:
        who = " and ".join(f"{offer.value!r} of {offer.provider}" for offer in offers)
        lines = " or ".join(f'{kind} = "{offer.value}"' for offer in offers)
        raise PluginConflict(
            f"there are several drivers for {kind!r}: {who}", hint=f"Write into {FILE}: [resources] {lines}."
        )
    return offers[0] if offers else None
