"""The profile that is used where there is no config file."""

from stratagem.config.places import places_of
from stratagem.config.raw import FILE, Raw
from stratagem.plugins.discovery import Installed

PREFERRED = (("schedule", "dag"),)
"""Strategies of ours that suit every workflow, and the hook each answers; used when installed."""


def default_raw(installed: Installed) -> Raw:
    """The default profile as data; its source says what was chosen and why."""
    chosen = {hook: name for hook, name in PREFERRED if _is_ours(installed, f"stratagem.{hook}", name)}
    reasons = [
        f'{hook} = "{name}" because {installed.find(f"stratagem.{hook}", name).provider} is installed'
        for hook, name in chosen.items()
    ]
    source = f"default profile, as there is no {FILE}: " + (", ".join(reasons) or "core's own strategies")
    table = {"strategy": chosen} if chosen else {}
    return Raw(table, source, places_of(table, "default profile", {}))


def _is_ours(installed: Installed, group: str, name: str) -> bool:
    """Return whether our distribution offers it."""
    return any(offer.name == name and offer.is_ours for offer in installed.offered(group))
