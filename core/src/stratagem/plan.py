"""Plan: a compiled workflow – a step for each node, in program order, bound to what it needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from stratagem.claim import Claim
from stratagem.inputs import Inputs, Source, inputs_of_list, inputs_of_values
from stratagem.model import Graph, Node, ResourceRequest, Retry, Workflow
from stratagem.nodes.spec import NodeSpec
from stratagem.plandigest import digest_of
from stratagem.revision import Changes, Revision, revise

if TYPE_CHECKING:
    from stratagem.templates.paths import Getter

DEFAULT_COST = 0.001
"""Seconds that a step is taken to last where neither its node type nor its config says."""

NOT_DIRECT = -1
"""The arity of a step that can't be called with values of other steps and constants alone."""

ANY_ARITY = 1 << 30
"""The arity of a step that is called with constants too, or with more values than are written out."""

Wire = tuple[str, type | None, Callable[[Any], bool] | None]
"""The parameter that takes the whole value of a step, the class whose own instances it takes unseen, and what others
must pass."""

NO_SOURCES: Mapping[str, tuple[Source | None, ...]] = MappingProxyType({})


class Wiring(ABC):
    """What steps of one node type have in common whose inputs are whole values of other steps, and constants.

    The steps whose values these are, are `Step.edges`, one for each of the ``wires``.
    """

    wires: tuple[Wire, ...]
    bound: Callable[[Any], Awaitable[Any]] | None
    """How such a step is run where no strategy but the reference ones concerns it; the engine sets it."""

    @property
    @abstractmethod
    def form(self) -> tuple[tuple[str, ...], int]:
        """The inputs that are wired, and how many of them, which come first, are templates of the config."""

    @property
    @abstractmethod
    def templated(self) -> bool:
        """Return whether templates of the config are among the wires."""

    @abstractmethod
    def inputs(self, step: Step) -> Inputs:
        """The inputs of a step that is wired so."""


@define(eq=False, kw_only=True)
class Step:
    """A live node of a plan, with everything that does not change from run to run.

    A step that can be called with values of other steps and constants alone has an ``arity``: the sources of its leading
    positional arguments are ``first``, ``second`` and ``third``, of a step with more of them ``edges``.
    """

    index: int
    """Its place in program order."""
    arity: int = NOT_DIRECT
    """The number of leading positional arguments; `NOT_DIRECT` for a step that has other inputs."""
    first: int = 0
    second: int = 0
    third: int = 0
    handler: Callable[..., Any] = field(init=False)
    """The function, or the class of a node that keeps a state."""
    returns: type | None = None
    """A value of exactly this type is accepted unseen."""
    dependents: tuple[int, ...] = ()
    """The steps that wait for it."""
    guarded: bool = False
    """True if it may be skipped."""
    path: float = 0.0
    """The longest way from its start to the plan's end, in seconds."""
    composite: bool = False
    """True if it runs other steps: of its bodies, of another workflow, or of a started one that it waits for."""
    node: Node
    """The node as it was written."""
    spec: NodeSpec
    """The node type."""
    needs: tuple[int, ...]
    """The steps that must be settled first."""
    edges: tuple[int, ...] = ()
    constants: Mapping[str, Any] = field(factory=dict)
    """The arguments that are constants, by parameter, for a step with an ``arity`` or a ``wiring``."""
    wiring: Wiring | None = None
    """How its inputs are wired, where all of them are whole values of other steps, or constants."""
    _inputs: Inputs | None = None
    when: Getter | None = None
    """Tells in a scope whether it is to be run."""
    controls: tuple[tuple[int, str], ...] = ()
    """The control lines, by source and output, of which one must be live."""
    required: tuple[int, ...] = ()
    """The steps whose values it can't do without."""
    values_of: tuple[int, ...] = ()
    """The steps whose values are read by it, by its ``when`` or in its bodies, as far as lines and templates tell."""
    also: Mapping[str, tuple[Source | None, ...]] = NO_SOURCES
    """What the paths of its other templates begin with, by ``when`` and the keys of ``resources``."""
    at_once: bool = False
    """Whether the passes of its body may run at once, though it would run them one after the other; see `Plan.revised`."""
    reads: frozenset[str] = frozenset()
    """The effects that others may have on it, such as ``variable:x``."""
    writes: frozenset[str] = frozenset()
    """The effects that it has: steps with common ones, one of them writing, keep their order."""
    claims: tuple[Claim, ...] = ()
    """The resources that it asks for."""
    bodies: Mapping[str, Plan] = field(factory=dict)
    """The plans of its bodies, by name."""
    flows: Mapping[str, Plan] = field(factory=dict)
    """The plans of the workflows that it calls, by input."""
    cost: float = DEFAULT_COST
    """The seconds that it is estimated to last."""
    check: Callable[[Any], bool] | None = None
    """The check that values of other types must pass."""
    continues: bool = False
    """True if its failure is recorded and its ``exec_out`` followed."""
    bound: Callable[[Any], Awaitable[Any]] | None = field(default=None, init=False)
    """The way it is run where no strategy but the reference ones concerns it; the engine sets it."""

    def call(self, handler: Callable[..., Any]) -> None:
        """Has the step call ``handler`` with nothing, whatever its node's inputs are."""
        self.handler, self.bound, self._inputs, self.wiring = handler, None, None, None
        if self.when is None:
            self.connect((), {})
        else:  # the direct way would pass by the error of a condition
            self.inputs = Inputs({}, [])

    def connect(self, sources: tuple[int, ...], constants: Mapping[str, Any]) -> None:
        """Makes the step one that is called with the values of ``sources`` and with ``constants`` alone."""
        self.arity = ANY_ARITY if constants or len(sources) > 3 else len(sources)
        self.constants = constants
        if self.arity == ANY_ARITY:
            self.edges = sources
        else:
            self.first, self.second, self.third = (*sources, 0, 0, 0)[:3]

    def wire(self, wiring: Wiring, sources: tuple[int, ...], constants: Mapping[str, Any] | None) -> None:
        """Makes the step one that is given the values of ``sources`` as ``wiring`` has it, and ``constants``."""
        self.wiring, self.edges = wiring, self.needs if sources == self.needs else sources  # one object takes less
        if constants:
            self.constants = constants

    @property
    def sources(self) -> tuple[int, ...]:
        """The sources of the leading positional arguments; none for a step that has no arity."""
        if self.arity == NOT_DIRECT:
            return ()
        return self.edges if self.arity == ANY_ARITY else (self.first, self.second, self.third)[: self.arity]

    @property
    def inputs(self) -> Inputs:
        """The node's inputs, given in a scope when it is called; a new object for a step with an ``arity`` or a ``wiring``."""
        if self._inputs is not None:
            return self._inputs
        if self.wiring is not None:
            return self.wiring.inputs(self)
        ports = list(self.spec.inputs.values())
        if ports and ports[0].variadic:
            return inputs_of_list(ports[0].parameter, self.sources, self.constants)
        return inputs_of_values([port.parameter for port in ports], self.sources, self.constants)

    @inputs.setter
    def inputs(self, inputs: Inputs) -> None:
        # the direct way would pass them by, and so would what the engine has bound before
        self._inputs, self.arity, self.wiring, self.bound = inputs, NOT_DIRECT, None, None

    @property
    def templated(self) -> bool:
        """Return whether a template is among what its inputs are made of."""
        held = self._inputs or self.wiring
        return held is not None and held.templated

    @property
    def id(self) -> str:
        """The node's id."""
        return self.node.id

    def __attrs_post_init__(self) -> None:
        self.handler = self.spec.handler
        if self._inputs is not None:
            self.arity, self.wiring = NOT_DIRECT, None
        if self.spec.resources and not self.claims:
            named = self.spec.resources.items()
            self.claims = tuple(Claim(parameter, ResourceRequest(kind)) for parameter, kind in named)

    @property
    def timeout(self) -> float | None:
        """The time limit in seconds that the workflow or the node type sets."""
        return self.node.timeout if self.node.timeout is not None else self.spec.timeout

    @property
    def only_waits(self) -> bool:
        """Return whether it runs no other steps itself, but may wait for those of a started subflow."""
        return self.composite and not (self.bodies or self.flows)

    @property
    def retry(self) -> Retry | None:
        """Return how it is tried again: as the workflow says, else as the node type does."""
        return self.node.retry or self.spec.retries


@frozen
class Temporary:
    """The values of one plan that are dropped early.

    ``uses`` tells for each variable how many steps touch it, ``touched`` for each step which of these; ``outputs`` are
    the steps whose values do not outlive their last reader, whatever is kept of others.
    """

    uses: Mapping[str, int]
    touched: Mapping[int, tuple[str, ...]]
    outputs: frozenset[int]

    def without(self, steps: Container[int]) -> Temporary:
        """The same where these steps touch nothing, as they are not run."""
        touched = {index: names for index, names in self.touched.items() if index not in steps}
        uses = Counter(name for names in touched.values() for name in names)
        return Temporary({name: uses[name] for name in self.uses}, touched, self.outputs)


class Plan(ABC):
    """A compiled graph. Steps are numbered from 0 in program order, so every step comes after those it needs.

    ``graph`` is what it was compiled from; ``result`` resolves what a body or workflow returns, ``keeps`` are the
    steps whose values it reads. ``disabled`` are the steps of nodes that are passed over. In a ``chain`` each step waits for
    the one before it. ``kinds`` are the resource
    kinds that its steps or those inside them need, ``shortest_timeout`` the least of their time limits in seconds. Whatever reads a step's value is among
    its dependents, so a value can be dropped when those have ended. ``temporary`` is what is dropped in any case, and
    ``clears`` tells that there is such here or in a body. ``height`` is how deep the deepest step stands in bodies and
    subflows, 1 where there are none. ``revisions`` are the changes that passes have made, in their order; the steps that they
    have ``dropped`` keep their numbers, wait for nothing, and are never run.
    """

    graph: Graph
    result: Getter | None = None
    keeps: frozenset[int] = frozenset()
    disabled: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    chain: bool = False
    shortest_timeout: float | None = None
    temporary: Temporary | None = None
    clears: bool = False
    height: int = 1
    revisions: tuple[Revision, ...] = ()
    dropped: frozenset[int] = frozenset()
    result_sources: tuple[Source | None, ...] = ()
    """What the paths begin with that ``result`` reads."""

    @property
    def workflow(self) -> Workflow:
        """The workflow that it was compiled from."""
        assert isinstance(self.graph, Workflow)  # plans of bodies are never run alone
        return self.graph

    @property
    @abstractmethod
    def steps(self) -> Sequence[Step]:
        """The steps in program order; need not be a list, as long as it has a length and steps by number."""

    @abstractmethod
    def in_degrees(self) -> list[int]:
        """For each step, how many it waits for; a new list at each call."""

    @property
    @abstractmethod
    def roots(self) -> Sequence[int]:
        """The steps that wait for nothing."""

    @property
    def sinks(self) -> int:
        """Return how many steps nothing waits for: once these are settled, all are."""
        return sum(not step.dependents for step in self.steps if step.index not in self.dropped)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def count(self) -> int:
        """Return how many steps are to be run: all but those that passes have dropped."""
        return len(self) - len(self.dropped)

    def revised(
        self,
        *,
        why: str,
        drop: Iterable[str] = (),
        constants: Mapping[str, Mapping[str, Any]] | None = None,
        unorder: Iterable[tuple[str, str]] = (),
        at_once: Iterable[str] = (),
    ) -> Plan:
        """A plan with changes that leave its meaning as it is, which is what passes make; this one stays as it was.

        Steps are named by their node's id, those in bodies included; those of a subflow are revised in the plan of that,
        for which the hook `compile` is asked by itself.

        Args:
            why: the reason, told by ``stratagem plan``, ``--explain`` and reports.
            drop: steps that are not to be run. What waits for one waits for what that waited for, and is live where that
                would have been.
            constants: outputs by port in place of those that steps would give; the node is not called, and reads nothing.
            unorder: pairs of steps, the first of which need not wait for the second any more. It waits for what the second
                waits for instead, and is live where that is.
            at_once: loops whose passes may run at once, up to the limits, and share the variables around them.

        Raises:
            BadRevision: with all that is wrong: a name that no step has, a value that is read and would be missing, steps
                without order that may touch the same, one of them writing.
        """
        revised: Plan = revise(self, Changes(why, drop, constants or {}, unorder, at_once), _revised)
        return revised

    @property
    def digest(self) -> str:
        """SHA-256 of the graph, its node types and their versions, bodies and subflows included, as hexadecimal text."""
        return digest_of(self.graph, self.steps)


def _revised(plan: Plan, steps: list[Step], revisions: list[Revision]) -> Plan:
    """The plan with other steps, of which ``revisions`` tell."""
    gone = {each.node for each in revisions if each.kind == "dropped"}
    dropped = plan.dropped | {step.index for step in steps if step.id in gone}
    temporary = None if plan.temporary is None else plan.temporary.without(dropped)
    revised = ListPlan(plan.graph, steps, plan.result, plan.keeps, temporary, dropped)
    revised.revisions, revised.result_sources = (*plan.revisions, *revisions), plan.result_sources
    return revised


def sign(plan: Plan, by: str) -> None:
    """Notes the plugin that has made those revisions of the plan and its bodies which nobody has signed."""
    if plan.revisions and not plan.revisions[-1].by:
        plan.revisions = tuple([each if each.by else evolve(each, by=by) for each in plan.revisions])
    for step in plan.steps:
        for body in step.bodies.values():
            sign(body, by)


class ListPlan(Plan):
    """A plan held in lists."""

    def __init__(
        self,
        graph: Graph,
        steps: list[Step],
        result: Getter | None = None,
        keeps: frozenset[int] = frozenset(),
        temporary: Temporary | None = None,
        dropped: Iterable[int] = (),
    ) -> None:
        self.graph = graph
        self.result = result
        self.keeps = keeps
        self.temporary = temporary
        self.clears = temporary is not None
        self.disabled = frozenset(step.index for step in steps if step.node.disabled)
        self.kinds = frozenset(claim.request.kind for step in steps if step.claims for claim in step.claims)
        limits = [step.timeout for step in steps if step.node.timeout is not None or step.spec.timeout is not None]
        for step in steps:
            if step.composite:
                for inner in (*step.bodies.values(), *step.flows.values()):
                    self.kinds |= inner.kinds
                    self.clears |= inner.clears
                    self.height = max(self.height, inner.height + 1)
                    limits.append(inner.shortest_timeout)
        self.shortest_timeout = min((limit for limit in limits if limit is not None), default=None)
        self._steps = steps
        self._in_degrees = [len(step.needs) for step in steps]
        self.dropped = frozenset(dropped)
        self._roots = [i for i, count in enumerate(self._in_degrees) if not count and i not in self.dropped]
        self.chain = all(step.needs == (step.index - 1,) for step in steps[1:])
        self._sinks = sum([not step.dependents for step in steps]) - len(self.dropped)

    @property
    def steps(self) -> Sequence[Step]:
        return self._steps

    @property
    def sinks(self) -> int:
        return self._sinks

    def in_degrees(self) -> list[int]:
        return self._in_degrees.copy()

    @property
    def roots(self) -> Sequence[int]:
        return self._roots
