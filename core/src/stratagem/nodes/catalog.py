"""Catalog: the node types that the allowed packs offer, each pack loaded when a workflow first names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from fnmatch import fnmatchcase
from typing import Any

from attrs import frozen

from stratagem._support.shown import shown
from stratagem._support.suggesting import Hint, suggestion
from stratagem.errors import UnknownNode, describe
from stratagem.model import Workflow
from stratagem.nodes.pack import Pack
from stratagem.nodes.spec import NodeSpec

PackLoader = Callable[[str], Pack]
"""Imports a pack by name; raises UnknownNode or PluginError."""


@frozen
class Environment:
    """The surroundings that a workflow may rely on besides node types; None where it is not known before a run.

    ``kinds`` are the resource kinds that have a provider, ``secrets`` the names of secrets, ``load`` reads the file
    of a subflow (the path as written, the file that names it). Variables and nodes whose names begin with
    ``temporary`` are so; empty, only those that a workflow names. ``remedy`` tells what to do where nothing provides a
    resource kind, ``offering`` which distribution offers a pack that is not installed, as far as that is known.
    ``compile`` makes the plans of subflows, as the hook `compile` has it; without it core's own compiler does.
    """

    kinds: frozenset[str] | None = None
    secrets: Mapping[str, str] | None = None
    load: Callable[[str, str | None], Workflow] | None = None
    temporary: str = "_tmp_"
    remedy: Callable[[str], str | None] | None = None
    offering: Callable[[str], str | None] | None = None
    compile: Callable[[Workflow, Catalog], Any] | None = None


class Catalog:
    """Looks node types up by ``pack.node`` or ``pack.node@version``; ``distribution:pack.node`` says whose pack it is.

    Args:
        offered: the names of the packs that could be loaded.
        load: imports a pack by name; called once for each, and only for packs that are named.
        allow: patterns of the pack names that workflows may use; an empty list allows none.
        environment: what else workflows may rely on.

    ``calling`` is what a compiler hands to itself where it compiles a subflow: the files around it, and what was made of
    others. Who answers the hook `compile` by another compiler may keep the same there.
    """

    def __init__(
        self,
        offered: Iterable[str],
        load: PackLoader,
        allow: Iterable[str] = ("*",),
        environment: Environment | None = None,
    ) -> None:
        self.environment = environment or Environment()
        self.calling: Any = None
        self._offered = sorted(offered)
        self._load = load
        self._allow = tuple(allow)
        self._packs: dict[str, Pack] = {}
        self._found: dict[str, NodeSpec] = {}

    @classmethod
    def of(cls, *packs: Pack, environment: Environment | None = None) -> Catalog:
        """A catalog of packs that are at hand, without discovery."""
        by_name = {pack.name: pack for pack in packs}

        def load(name: str) -> Pack:
            if name not in by_name:  # that of a distribution, where none is looked for
                raise UnknownNode(f"the pack {name!r} is not at hand", hint=f"Name it {name.rpartition(':')[2]!r}.")
            return by_name[name]

        return cls(by_name, load, environment=environment)

    def within(self, calling: Any) -> Catalog:
        """The same catalog for a subflow of those in ``calling``."""
        inner = copy(self)
        inner.calling = calling
        return inner

    @property
    def packs(self) -> list[str]:
        """The names of the packs that may be used."""
        return [name for name in self._offered if self._allowed(name)]

    def pack(self, name: str) -> Pack:
        """The pack, imported now if it was not before; raises UnknownNode or PluginError."""
        if name not in self._packs:
            self._require(name)
            self._packs[name] = self._load(name)
        return self._packs[name]

    def spec(self, type_: str) -> NodeSpec:
        """The node type to run a node of this type with: the same version if it has code, else the next that has.

        Raises:
            UnknownNode: no allowed pack offers it, or that version can't be migrated.
        """
        if type_ not in self._found:
            self._found[type_] = self._look_up(type_)
        return self._found[type_]

    def config(self, type_: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
        """``config`` as written for ``type_``, migrated to the version that `spec` gives.

        Raises:
            UnknownNode: as `spec`, or a migration raised on this config.
        """
        _, _, version = type_.partition("@")
        spec = self.spec(type_)
        if not version or int(version) == spec.version:
            return config
        pack, migrated = self._pack_of(type_), dict(config)
        for step in range(int(version), spec.version):
            migration = pack.migration(spec.name, step)
            assert migration is not None  # _look_up has followed the same steps
            try:
                migrated = migration(migrated)
            except Exception as error:
                raise UnknownNode(
                    f"the migration of {spec.type} from version {step} fails on this config: {describe(error)}",
                    provider=spec.distribution,
                ) from error
        return migrated

    def _pack_of(self, type_: str) -> Pack:
        return self.pack(_split(type_.partition("@")[0])[0])

    def _look_up(self, type_: str) -> NodeSpec:
        name, _, version = type_.partition("@")
        prefix, node = _split(name)
        if not node:
            raise UnknownNode(
                f"{type_!r} is no node type" if type_ else "the node has no type",
                hint="Node types are written pack.node or pack.node@version.",
            )
        pack = self.pack(prefix)
        versions = pack.versions(node)
        if not versions:
            hint = suggestion(node, pack.names())
            raise UnknownNode(f"the pack {prefix!r} has no node {node!r}", hint=hint)
        if not version:
            return pack.spec(node, versions[-1])
        return pack.spec(node, self._reachable(pack, node, version, versions))

    def _reachable(self, pack: Pack, node: str, version: str, versions: list[int]) -> int:
        if not version.isdecimal() or len(version) > 9:  # nobody has that many
            raise UnknownNode(f"expected a version, got {version!r}", hint="Versions of node types are whole numbers.")
        wanted = int(version)
        while wanted not in versions:
            if pack.migration(node, wanted) is None or wanted > versions[-1]:
                known = ", ".join(map(str, versions))
                raise UnknownNode(
                    f"{pack.name}.{node} has no version {version}, nor a migration from it (it has {known})",
                    hint=f"Install a version of the pack {pack.name!r} that has it.",
                )
            wanted += 1
        return wanted

    def _require(self, full: str) -> None:
        name = full.rpartition(":")[2]
        if name not in self._offered:
            raise UnknownNode(f"no installed distribution offers the pack {name!r}", hint=self._how_to_get(name))
        if not self._allowed(name):
            raise UnknownNode(f"the config does not allow the pack {name!r}", hint="Add it to [packs] allow.")

    def _how_to_get(self, name: str) -> str | Hint:
        offering = self.environment.offering
        if offering is not None and (distribution := offering(name)):
            return f"Run: pip install {distribution}"
        return suggestion(name, self._offered, f"Install the distribution that offers the pack {shown(name)}.")

    def _allowed(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern.rpartition(":")[2]) for pattern in self._allow)


def _split(name: str) -> tuple[str, str]:
    """The pack, with the distribution where one is said, and the node."""
    distribution, colon, own = name.rpartition(":")
    prefix, _, node = own.partition(".")
    return f"{distribution}{colon}{prefix}", node
