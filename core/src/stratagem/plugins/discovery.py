"""What installed distributions offer, read from their metadata without importing any of them."""

import re
import sys
from collections.abc import Sequence
from importlib.metadata import Distribution, DistributionFinder, EntryPoint, MetadataPathFinder
from typing import Any

from attrs import field, frozen

from stratagem.errors import PluginConflict, PluginImportError, PluginNotFound, describe
from stratagem.plugins.live import load_entry_point
from stratagem.plugins.requirements import require_kernel
from stratagem.suggesting import nearest

COMPILE, SCHEDULE, RESOLVE = "stratagem.compile", "stratagem.schedule", "stratagem.resolve"
RESOURCE, PLUGIN = "stratagem.resource", "stratagem.plugin"
NODES, FORMAT = "stratagem.nodes", "stratagem.format"

PLACES = {
    COMPILE: "[strategy] compile",
    SCHEDULE: "[strategy] schedule",
    RESOLVE: "[strategy] resolve",
    RESOURCE: "[resources]",
    PLUGIN: "[plugins] use",
}
"""Where a config names the plugins of each group."""

OURS = {
    (COMPILE, "reference"): "stratagem-kernel",
    (SCHEDULE, "sequential"): "stratagem-kernel",
    (RESOLVE, "plain"): "stratagem-kernel",
    (RESOLVE, "compiled"): "stratagem-compiled",
    (SCHEDULE, "dag"): "stratagem-dag",
    (PLUGIN, "node-cache"): "stratagem-node-cache",
    (PLUGIN, "variable-cache"): "stratagem-variable-cache",
    (PLUGIN, "report"): "stratagem-report",
    (PLUGIN, "otel"): "stratagem-otel",
    (PLUGIN, "casare"): "stratagem-casare",
    (RESOURCE, "playwright"): "stratagem-browser",
    (NODES, "std"): "stratagem-std",
    (NODES, "web"): "stratagem-web",
    (NODES, "casare"): "stratagem-casare",
    (NODES, "wfcommons"): "stratagem-wfcommons",
    (FORMAT, "json"): "stratagem-kernel",
    (FORMAT, "yaml"): "stratagem-kernel",
    (FORMAT, "casare"): "stratagem-casare",
    (FORMAT, "wfcommons"): "stratagem-wfcommons",
}
"""The distributions of this project that offer each name: whose it is though others offer it, and what to install."""


@frozen
class Offered:
    """A name that a distribution offers in an entry-point group; ``value`` is the object, as ``module:attribute``."""

    name: str
    group: str
    value: str
    distribution: str
    version: str
    entry_point: EntryPoint = field(repr=False, eq=False)

    @property
    def provider(self) -> str:
        """``distribution version``."""
        return f"{self.distribution} {self.version}"

    @property
    def full(self) -> str:
        """The name that no other distribution can offer: ``distribution:name``."""
        return f"{self.distribution}:{self.name}"

    @property
    def is_ours(self) -> bool:
        """Return whether it is this project's own, which the name alone stands for whoever else offers it."""
        return OURS.get((self.group, self.name)) == canonical(self.distribution)


def bare(name: str) -> str:
    """The name without the distribution that ``distribution:name`` chooses."""
    return name.rpartition(":")[2]


def canonical(distribution: str) -> str:
    """The name of a distribution as packaging tools compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


class Installed:
    """A snapshot of what is installed at the moment it is made.

    Of distributions that are found more than once, the first on the path counts, as it does for imports. One whose
    metadata lacks name or version counts as not installed, as it does for pip.

    Args:
        path: the folders to look in; ``sys.path`` where left out.
    """

    def __init__(self, path: Sequence[str] | None = None) -> None:
        self._path = list(sys.path if path is None else path)
        MetadataPathFinder().invalidate_caches()
        self._distributions: dict[str, Distribution | None] = {}
        names = dict.fromkeys(_name(found) for found in self._found() if _is_concerned(found))
        self._offered = [offer for name in names for offer in self._offers(name)]

    def offered(self, group: str) -> list[Offered]:
        """Everything that is offered in the group, sorted by name and distribution."""
        return sorted(
            (offer for offer in self._offered if offer.group == group), key=lambda offer: (offer.name, offer.provider)
        )

    def names(self, group: str) -> list[str]:
        """The names that are offered in the group, sorted, each once."""
        return list(dict.fromkeys(offer.name for offer in self.offered(group)))

    def choices(self, group: str) -> list[str]:
        """Return what may be written to name something of the group.

        Names, and the full ones of what shares its name.
        """
        offers, names = self.offered(group), self.names(group)
        shared = {name for name in names if sum(offer.name == name for offer in offers) > 1}
        return names + [offer.full for offer in offers if offer.name in shared]

    def find(self, group: str, name: str) -> Offered:
        """The offer that ``name`` or ``distribution:name`` stands for; of a name alone, this project's own comes first.

        Raises:
            PluginNotFound: nobody offers it.
            PluginConflict: more than one other distribution does.
        """
        matches = self._matching(group, name)
        if not matches:
            raise PluginNotFound(
                f"no installed distribution offers {name!r} in {group}", hint=self._missing(group, name)
            )
        if len(matches) > 1:
            providers = sorted(offer.provider for offer in matches)
            raise PluginConflict(
                f"{name!r} in {group} is offered more than once, by {' and by '.join(providers)}", hint=_choice(matches)
            )
        return matches[0]

    def _matching(self, group: str, name: str) -> list[Offered]:
        offers = self.offered(group)
        matches = [offer for offer in offers if offer.name == name]
        if not matches and ":" in name:
            wanted = canonical(name.rpartition(":")[0])
            return [each for each in offers if each.name == bare(name) and canonical(each.distribution) == wanted]
        return [offer for offer in matches if offer.is_ours] or matches

    def load(self, group: str, name: str) -> Any:
        """The object that the name stands for, imported now.

        Raises:
            PluginNotFound, PluginConflict: as `find`; nothing has been imported then.
            PluginIncompatible: its distribution needs another version of the kernel; nothing has been imported either.
            PluginImportError: its module raised, or lacks the object; the cause is kept.
        """
        offer = self.find(group, name)
        require_kernel(offer.distribution, offer.provider, self)
        try:
            return load_entry_point(offer.entry_point)
        except (Exception, SystemExit) as error:
            raise PluginImportError(
                f"{name!r} can't be imported from {offer.value!r}: {describe(error)}",
                provider=offer.provider,
                hint="Reinstall or upgrade it, or take it out of the config.",
            ) from error

    def version(self, distribution: str) -> str | None:
        """The installed version of a distribution, or None."""
        found = self._distribution(distribution)
        return found.version if found else None

    def requirements(self, distribution: str) -> list[str]:
        """Return what an installed distribution itself requires."""
        found = self._distribution(distribution)
        return list(found.requires or ()) if found else []

    def _missing(self, group: str, name: str) -> str:
        if close := nearest(name, self.choices(group)):
            return close
        for other, place in PLACES.items():
            if name in self.names(other):
                return f"It is offered in {other}: name it in {place}."
        return f"Install {OURS.get((group, name), 'the distribution that offers it')}."

    def _offers(self, name: str) -> list[Offered]:
        found = self._distribution(name)
        if found is None:
            return []
        points = [point for point in found.entry_points if point.group.startswith("stratagem.")]
        return [Offered(point.name, point.group, point.value, _name(found), found.version, point) for point in points]

    def _distribution(self, name: str) -> Distribution | None:
        if name not in self._distributions:
            self._distributions[name] = next(iter(self._found(name)), None)
        return self._distributions[name]

    def _found(self, name: str | None = None) -> list[Distribution]:
        context = DistributionFinder.Context(name=name, path=self._path)
        return list(Distribution.discover(context=context))


def _choice(matches: Sequence[Offered]) -> str:
    full = sorted({offer.full for offer in matches})
    if len(full) == 1:
        return "Reinstall the distribution."
    return f"Name one of them: {' or '.join(map(repr, full))}."


def _is_concerned(distribution: Distribution) -> bool:
    """Return whether it offers something to stratagem, and is more than the rest of a removal that failed."""
    # a look at the text first: parsing the metadata of all that is installed would take most of the time
    if "[stratagem." not in (distribution.read_text("entry_points.txt") or ""):
        return False
    written = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO")
    return bool(written) and {"Name", "Version"} <= set(distribution.metadata)


def _name(distribution: Distribution) -> str:
    return distribution.metadata["Name"]
