"""Node packs of installed distributions, as a catalog."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from stratagem._support.table import plural
from stratagem.errors import PluginError, PluginImportError
from stratagem.nodes.catalog import Catalog, PackLoader
from stratagem.nodes.pack import Pack
from stratagem.plugins.base import Finding
from stratagem.plugins.discovery import NODES, Installed, bare, canonical


def catalog(installed: Installed, allow: Iterable[str] = ("*",)) -> Catalog:
    """The node types of all installed packs whose names match ``allow``; each pack is imported when it is named."""
    allowed = tuple(allow)
    return Catalog(installed.names(NODES), pack_loader(installed, allowed), allowed)


def pack_loader(installed: Installed, allow: Iterable[str]) -> PackLoader:
    """Loads packs by name; of one that several distributions offer, that of the one which ``allow`` names."""
    chosen = [(canonical(entry.rpartition(":")[0]), bare(entry)) for entry in allow if ":" in entry]

    def load(name: str) -> Pack:
        for offer in installed.offered(NODES):
            whose = canonical(offer.distribution)
            if offer.name == name and any(whose == own and fnmatchcase(name, pattern) for own, pattern in chosen):
                return load_pack(installed, offer.full)
        return load_pack(installed, name)

    return load


def load_pack(installed: Installed, name: str) -> Pack:
    """The pack, its node types telling who provides them.

    Raises:
        PluginNotFound, PluginConflict, PluginIncompatible, PluginImportError: as `Installed.load`, or the object is no
            such pack.
    """
    offer, pack = installed.find(NODES, name), installed.load(NODES, name)
    if not isinstance(pack, Pack):
        raise PluginImportError(f"expected a Pack at {offer.value!r}, got {pack!r}", provider=offer.provider)
    if pack.name != offer.name:
        raise PluginImportError(
            f"the pack {pack.name!r} is offered under the name {offer.name!r}",
            provider=offer.provider,
            hint="The entry point must have the pack's own name.",
        )
    return pack.provided_by(offer.provider)


def pack_findings(installed: Installed) -> Iterator[Finding]:
    """Yield what ``stratagem plugins doctor`` tells of packs: each is imported, apart from the others."""
    for offer in installed.offered(NODES):
        try:
            pack = load_pack(installed, offer.full)
        except PluginError as error:
            yield Finding("error", offer.name, str(error), error.hint or "")
        else:
            count = plural(len(pack.names()), "node type")
            yield Finding("ok", offer.name, f"the pack, {count}, from {offer.provider}")
