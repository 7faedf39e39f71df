"""Pack: a named set of node types, filled by decorators in the pack author's own modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final, TypeVar, get_args

from attrs import evolve

from stratagem._support.suggesting import nearest
from stratagem.errors import HookMisuse
from stratagem.model import Retry
from stratagem.nodes.ports import read_signature
from stratagem.nodes.spec import Effect, Example, Handles, NodeSpec, Runs

Advisor = Callable[[Any], Iterable[str]]
"""Is given a `Plan`, and yields advice: its room stands above this one, and is not imported here."""
Migration = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns a config of one version of a node into one of the next."""

F = TypeVar("F", bound=Callable[..., Any])

TRAITS: Final[Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {"effect": get_args(Effect), "runs": (*get_args(Runs), None), "handles": get_args(Handles)}
)
"""The values that traits may have."""


class Pack:
    """The node types that a distribution offers under one prefix.

    ``name`` is the prefix and the name of the entry point in the group ``stratagem.nodes`` that points here.
    ``hints`` says what to do where nothing provides a resource kind that its nodes need. ``modules`` names modules that
    register nodes, with the names of these: each is imported when one of them is asked for, so that a workflow does not
    pay for the nodes that it does not use. A test of the pack should call `check_modules` of the testing kit.
    """

    def __init__(
        self,
        name: str,
        *,
        hints: Mapping[str, str] | None = None,
        modules: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.name = name
        self.hints: Mapping[str, str] = hints or {}
        self.modules: Mapping[str, Sequence[str]] = modules or {}
        self._homes = {node: module for module, nodes in self.modules.items() for node in nodes}
        self._specs: dict[tuple[str, int], NodeSpec] = {}
        self._migrations: dict[tuple[str, int], Migration] = {}
        self._advisors: list[Advisor] = []

    def node(
        self,
        name: str | None = None,
        *,
        version: int = 1,
        effect: Effect = "write",
        reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
        runs: Runs | None = None,
        resources: Mapping[str, str] | None = None,
        holds: tuple[str, ...] = (),
        opens: tuple[str, ...] = (),
        controls: tuple[str, ...] = ("exec_out",),
        outputs: tuple[str, ...] | None = None,
        body_ports: Mapping[str, tuple[str, ...]] | None = None,
        body_variables: Mapping[str, tuple[str, ...]] | None = None,
        timeout: float | None = None,
        retries: Retry | None = None,
        idempotent: bool = False,
        cost: float | None = None,
        cost_from: str | None = None,
        handles: tuple[Handles, ...] = (),
        rebuildable: bool = False,
        examples: tuple[Example, ...] = (),
    ) -> Callable[[F], F]:
        """Registers a function, or a class with a ``run`` method, as a node type; returns it unchanged.

        Inputs, outputs, bodies and injected values come from the annotations (see `read_signature`).

        Args:
            name: the node's name where it is not the function's own (a trailing underscore is dropped).
            version: a whole number; raise it when a config written for the old version would change its meaning.
            effect: what it does to the world; nothing is cached, reordered or retried that is a ``write``.
            reads, writes: the places it touches.
            runs: where a plain function runs; left out, off the event loop (a ``pure`` one inline while it is quick).
            resources: parameter name → resource kind; the node can do without one whose parameter has a default.
            holds: resource kinds of which it holds leases for its bodies, through `Leases`; ``kind:name`` where they
                have names.
            opens: the same of leases that it opens, or closes, for the steps that follow.
            controls: the control outputs that it chooses among by returning `Branch`; ``case_*`` stands for any.
            outputs: names for the outputs: one for a plain value.
            body_ports, body_variables: body name → names that it hands to that body.
            timeout: seconds.
            retries: tried again after a failure; for ``write`` nodes only with ``idempotent``.
            cost: estimated seconds.
            cost_from: the input whose constant in a workflow is the estimate in seconds.
            handles: ``failures`` if failures of its bodies end here whatever the workflow's ``on_error``, ``loop`` if
                break and continue do.
            rebuildable: an instance of the class may be closed between two executions and built anew; what it has given
                must not need it any more, and what counts from one execution to the next is in its ``state()``.
            examples: run as tests.

        Raises:
            HookMisuse: the annotations or traits contradict each other, or the name is taken.
        """

        if callable(name):
            hint = f"Write @{self.name}.node(), with parentheses."
            raise HookMisuse(f"expected a name for a node, got {getattr(name, '__name__', name)!r} itself", hint=hint)

        def register(function: F) -> F:
            own_name = name or function.__name__.rstrip("_")
            signature = read_signature(
                function,
                f"{self.name}.{own_name}",
                resources=resources or {},
                outputs=outputs,
                body_ports=body_ports or {},
                body_variables=body_variables or {},
            )
            spec = NodeSpec(
                pack=self.name,
                name=own_name,
                version=version,
                handler=function,
                controls=controls,
                effect=effect,
                reads=reads,
                writes=writes,
                runs=runs,
                resources=resources or {},
                holds=holds,
                opens=opens,
                timeout=timeout,
                retries=retries,
                idempotent=idempotent,
                cost=cost,
                cost_from=cost_from,
                handles=handles,
                rebuildable=rebuildable,
                examples=examples,
                **signature,
            )
            self.add(spec)
            return function

        return register

    def migrate(self, name: str, version: int) -> Callable[[Migration], Migration]:
        """Registers the function that turns a config of ``version`` of a node into one of the next version."""

        def register(migration: Migration) -> Migration:
            self._migrations[name, version] = migration
            return migration

        return register

    def advises(self, function: Advisor) -> Advisor:
        """Registers a function that is given a plan with nodes of the pack, and yields what in it is hardly meant so.

        ``stratagem check`` warns of it. What can't be run is an error, which an input's `Reads` raises.
        """
        self._advisors.append(function)
        return function

    def advice(self, plan: Any) -> Iterator[str]:
        """All that the functions given to `advises` say of a `Plan`; those of modules that no node of it is in say nothing."""
        for advise in self._advisors:
            yield from advise(plan)

    def versions(self, name: str) -> list[int]:
        """The versions of a node that have code of their own, ascending; empty if there is no such node."""
        self._import(name)
        return sorted(version for known, version in self._specs if known == name)

    def names(self) -> list[str]:
        """The nodes' names: those of ``modules`` as they are listed there, then in order of registration."""
        return list(dict.fromkeys((*self._homes, *(name for name, _ in self._specs))))

    def spec(self, name: str, version: int) -> NodeSpec:
        """The node type; raises KeyError if it has no code of its own."""
        self._import(name)
        return self._specs[name, version]

    def migration(self, name: str, version: int) -> Migration | None:
        """The step from ``version`` of a node's config to the next."""
        self._import(name)
        return self._migrations.get((name, version))

    def provided_by(self, distribution: str) -> Pack:
        """The same pack whose node types name ``distribution`` (``name 1.2``) as their provider."""
        return _Provided(self, distribution)

    def _import(self, name: str) -> None:
        """Imports the module that registers the node, if one is listed."""
        if name in self._homes:
            import_module(self._homes[name])

    def add(self, spec: NodeSpec) -> None:
        """Registers a node type that is at hand; raises HookMisuse if its traits contradict each other, or it is there."""
        key = (spec.name, spec.version)
        if key in self._specs:
            raise HookMisuse(f"the node {spec.id} is registered twice", hint="Raise the version of one of them.")
        if (spec.holds or spec.opens) and "leases" not in spec.injected.values():
            raise HookMisuse(
                f"the node {spec.id} holds resources for other steps, and does not ask for `Leases`",
                hint="Annotate a parameter with Leases.",
            )
        if spec.retries and spec.effect == "write" and not spec.idempotent:
            raise HookMisuse(
                f"the node {spec.id} asks for retries, writes, and is not idempotent",
                hint="Declare it idempotent, or leave retries to the workflows that use it.",
            )
        for trait, known in TRAITS.items():
            _check_trait(spec, trait, known)
        if spec.rebuildable:
            _check_rebuildable(spec)
        self._specs[key] = spec


class _Provided(Pack):
    """A pack whose node types tell who provides them."""

    def __init__(self, pack: Pack, distribution: str) -> None:
        super().__init__(pack.name, hints=pack.hints, modules=pack.modules)
        self._pack, self._distribution = pack, distribution
        self._provided: dict[tuple[str, int], NodeSpec] = {}
        self._migrations, self._advisors = pack._migrations, pack._advisors

    def versions(self, name: str) -> list[int]:
        return sorted({*self._pack.versions(name), *super().versions(name)})

    def names(self) -> list[str]:
        return list(dict.fromkeys((*self._pack.names(), *super().names())))

    def spec(self, name: str, version: int) -> NodeSpec:
        key = (name, version)
        if key in self._specs:  # registered with this very object
            return self._specs[key]
        if key not in self._provided:
            self._provided[key] = evolve(self._pack.spec(name, version), distribution=self._distribution)
        return self._provided[key]


def _check_trait(spec: NodeSpec, trait: str, known: tuple[Any, ...]) -> None:
    given = getattr(spec, trait)
    for value in given if isinstance(given, tuple) else (given,):
        if value not in known:
            words = ", ".join(repr(each) for each in known if each is not None)
            what = f"the node {spec.id} has the trait {trait}: expected {words}, got {value!r}"
            raise HookMisuse(what, hint=nearest(str(value), [each for each in known if each is not None]))


def _check_rebuildable(spec: NodeSpec) -> None:
    if not spec.stateful:
        raise HookMisuse(f"the node {spec.id} is rebuildable, and a function", hint="Only classes have instances.")
    halves = [name for name in ("state", "restore") if callable(getattr(spec.handler, name, None))]
    if len(halves) == 1:
        raise HookMisuse(f"the node {spec.id} has {halves[0]!r} alone", hint="'state' and 'restore' go together.")
