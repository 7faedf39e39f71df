"""The offers of installed distributions, read from their metadata without importing any of them."""

import re
import sys
from collections.abc import Sequence
from importlib.metadata import Distribution, DistributionFinder, EntryPoint, MetadataPathFinder
from typing import Any, Final

from attrs import evolve, field, frozen

from stratagem._support.suggesting import nearest
from stratagem.errors import PluginConflict, PluginImportError, PluginNotFound, describe
from stratagem.plugins.live import load_entry_point
from stratagem.plugins.requirements import KERNEL, require_kernel

COMPILE = "stratagem.compile"
"""The entry-point group of compile strategies."""
SCHEDULE = "stratagem.schedule"
"""The entry-point group of schedule strategies."""
RESOLVE = "stratagem.resolve"
"""The entry-point group of resolve strategies."""
RESOURCE = "stratagem.resource"
"""The entry-point group of resource drivers."""
PLUGIN = "stratagem.plugin"
"""The entry-point group of all other plugins."""
NODES = "stratagem.nodes"
"""The entry-point group of packs."""
FORMAT = "stratagem.format"
"""The entry-point group of file formats."""
RECORD = "stratagem.record"
"""The entry-point group of plugins that record every run of a command line."""
KIND = "stratagem.kind"
IMAGE = "stratagem.image"
"""The group of what reads and writes plans in files, by suffix."""
DEFAULT, DRIVER, ENVIRONMENT = "stratagem.default", "stratagem.driver", "stratagem.environment"
KNOWN = "stratagem.known"

PLACES = {
    COMPILE: "[strategy] compile",
    SCHEDULE: "[strategy] schedule",
    RESOLVE: "[strategy] resolve",
    RESOURCE: "[resources]",
    PLUGIN: "[plugins] use",
}
"""The keys under which a config names the plugins of each group."""


@frozen
class Offered:
    """A name that a distribution offers in an entry-point group; ``value`` is the object, as ``module:attribute``.

    The name alone stands for one that ``is_meant``, whoever else offers it.
    """

    name: str
    """The name of its entry point."""
    group: str
    """The entry-point group."""
    value: str
    distribution: str
    """The name of the distribution."""
    version: str
    """The version of its distribution."""
    entry_point: EntryPoint = field(repr=False, eq=False)
    """Its entry point."""
    is_meant: bool = field(default=False, eq=False)

    @property
    def provider(self) -> str:
        """``distribution version``."""
        return f"{self.distribution} {self.version}"

    @property
    def full(self) -> str:
        """The name that no other distribution can offer: ``distribution:name``."""
        return f"{self.distribution}:{self.name}"


def bare(name: str) -> str:
    """The name without the distribution that ``distribution:name`` chooses."""
    return name.rpartition(":")[2]


def known_name(group: str, name: str) -> str:
    """The name under which a distribution says in `KNOWN` who offers ``name`` in a group, such as ``schedule.dag``."""
    return f"{group.removeprefix('stratagem.')}.{name}"


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
        names = dict.fromkeys(headers[0] for found in self._found() if (headers := _concerned(found)))
        offered = [offer for name in names for offer in self._offers(name)]
        self._known = [offer for offer in offered if offer.group == KNOWN]
        self._offered = [evolve(offer, is_meant=self._is_meant(offer)) for offer in offered]

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
        """The offer that ``name`` or ``distribution:name`` stands for; of a name alone, the one that is meant.

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
        return [offer for offer in matches if offer.is_meant] or matches

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

    def packages(self) -> frozenset[tuple[str, str]]:
        """Return the distributions that offer something, as ``name 1.2``, each with every package that it offers from."""
        return frozenset((offer.provider, offer.value.partition(":")[0].partition(".")[0]) for offer in self._offered)

    def version(self, distribution: str) -> str | None:
        """The installed version of a distribution, or None."""
        found = self._distribution(distribution)
        headers = _headers(found) if found else None
        return headers[1] if headers else None

    def requirements(self, distribution: str) -> list[str]:
        """Return what an installed distribution itself requires."""
        found = self._distribution(distribution)
        return list(found.requires or ()) if found else []

    def known(self, group: str, name: str) -> str | None:
        """Return the distribution that offers the name, installed or not, as far as installed ones agree on it.

        ``group`` may be `KIND` too, whose names are resource kinds: their distributions offer drivers.
        """
        told = {canonical(offer.value) for offer in self._known if offer.name == known_name(group, name)}
        return told.pop() if len(told) == 1 else None

    def _is_meant(self, offer: Offered) -> bool:
        """Return whether it is core's own, or others say that the name is its distribution's."""
        own = canonical(offer.distribution)
        if own == KERNEL:
            return True
        key = known_name(offer.group, offer.name)
        told = {
            canonical(each.value) for each in self._known if each.name == key and canonical(each.distribution) != own
        }
        return told == {own}

    def _missing(self, group: str, name: str) -> str:
        if close := nearest(name, self.choices(group)):
            return close
        for other, place in PLACES.items():
            if name in self.names(other):
                return f"It is offered in {other}: name it in {place}."
        distribution = self.known(group, name)
        return f"Run: pip install {distribution}" if distribution else "Install the distribution that offers it."

    def _offers(self, name: str) -> list[Offered]:
        found = self._distribution(name)
        headers = _headers(found) if found else None
        if found is None or headers is None:
            return []
        points = [point for point in found.entry_points if point.group.startswith("stratagem.")]
        return [Offered(point.name, point.group, point.value, *headers, point) for point in points]

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


def _concerned(distribution: Distribution) -> tuple[str, str] | None:
    """Return name and version, if it offers something to stratagem and is more than the rest of a removal that failed."""
    # a look at the text first: reading the metadata of all that is installed would take most of the time
    if "[stratagem." not in (distribution.read_text("entry_points.txt") or ""):
        return None
    return _headers(distribution)


def _headers(distribution: Distribution) -> tuple[str, str] | None:
    """Return the name and the version that the metadata begins with; None where one is missing.

    Both stand on lines of their own, so the parser of mails, which `Distribution.metadata` starts at each call, and which
    takes a third of a millisecond for each distribution, is not needed.
    """
    written = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    found = dict(_HEADER.findall(written.partition("\n\n")[0]))
    return (found["Name"], found["Version"]) if len(found) == 2 else None


_HEADER: Final = re.compile(r"^(Name|Version):[ \t]*(\S[^\r\n]*?)[ \t]*\r?$", re.MULTILINE)
