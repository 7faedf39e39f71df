"""Node packs of installed distributions, as a catalog."""

from collections.abc import Iterable

from stratagem.errors import PluginImportError
from stratagem.nodes.catalog import Catalog
from stratagem.nodes.pack import Pack
from stratagem.plugins.discovery import NODES, Installed


def catalog(installed: Installed, allow: Iterable[str] = ("*",)) -> Catalog:
    """The node types of all installed packs whose names match ``allow``; each pack is imported when it is named."""
    return Catalog(installed.names(NODES), lambda name: load_pack(installed, name), allow)


def load_pack(installed: Installed, name: str) -> Pack:
    """The pack, its node types telling who provides them.

    Raises:
        PluginNotFound, PluginConflict, PluginImportError: as `Installed.load`, or the object is no such pack.
    """
    offer, pack = installed.find(NODES, name), installed.load(NODES, name)
    if not isinstance(pack, Pack):
        raise PluginImportError(f"{offer.value!r} is no Pack but {pack!r}", provider=offer.provider)
    if pack.name != name:
        raise PluginImportError(
            f"the pack {pack.name!r} is offered under the name {name!r}",
            provider=offer.provider,
            hint="The entry point must have the pack's own name.",
        )
    return pack.provided_by(offer.provider)
