"""Plan: a compiled workflow – a step for each node, in program order, bound to what it needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from stratagem.inputs import Inputs, inputs_of_list, inputs_of_values
from stratagem.model import Graph, Node, ResourceRequest, Retry, Workflow
from stratagem.nodes.spec import NodeSpec
from stratagem.plandigest import digest_of

if TYPE_CHECKING:
    from stratagem.scope import Scope
    from stratagem.templates.paths import Getter

DEFAULT_COST = 0.001
"""Seconds that a step is taken to last where neither its node type nor its config says."""

NOT_DIRECT = -1
"""The arity of a step that can't be called with values of other steps and constants alone."""

ANY_ARITY = 1 << 30
"""The arity of a step that is called with constants too, or with more values than are written out."""


@frozen
class Edge:
    """A value that one step hands to another: from the step at ``source``, through ``get`` if it is a part of it."""

    source: int
    port: str
    """The input that takes the value."""
    get: Callable[[Any], Any] | None = None


@frozen(eq=False)
class Claim:
    """A resource that a step asks for: to be given as ``parameter``, or, where that is empty, to be held for others.

    A claim without ``own`` is content with a lease that is held for the step. ``fill`` gives the labels and the session
    where templates tell them.
    """

    parameter: str
    request: ResourceRequest
    """The request, as far as it is known before the run."""
    own: bool = False
    fill: Getter | None = None

    def asked(self, scope: Scope) -> ResourceRequest:
        """The request in ``scope``; raises UndefinedName, BadInput."""
        return self.request if self.fill is None else evolve(self.request, **self.fill(scope))


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
    """The arguments that are constants, by parameter, for a step with an ``arity``."""
    _inputs: Inputs | None = None
    when: Getter | None = None
    """Tells in a scope whether it is to be run."""
    controls: tuple[tuple[int, str], ...] = ()
    """The control lines, by source and output, of which one must be live."""
    required: tuple[int, ...] = ()
    """The steps whose values it can't do without."""
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

    def connect(self, sources: tuple[int, ...], constants: Mapping[str, Any]) -> None:
        """Makes the step one that is called with the values of ``sources`` and with ``constants`` alone."""
        self.arity = ANY_ARITY if constants or len(sources) > 3 else len(sources)
        self.constants = constants
        if self.arity == ANY_ARITY:
            self.edges = sources
        else:
            self.first, self.second, self.third = (*sources, 0, 0, 0)[:3]

    @property
    def sources(self) -> tuple[int, ...]:
        """The sources of the leading positional arguments; none for a step that has no arity."""
        if self.arity == NOT_DIRECT:
            return ()
        return self.edges if self.arity == ANY_ARITY else (self.first, self.second, self.third)[: self.arity]

    @property
    def inputs(self) -> Inputs:
        """The node's inputs, given in a scope when it is called; a new object for a step that has an ``arity``."""
        if self._inputs is not None:
            return self._inputs
        ports = list(self.spec.inputs.values())
        if ports and ports[0].variadic:
            return inputs_of_list(ports[0].parameter, self.sources, self.constants)
        return inputs_of_values([port.parameter for port in ports], self.sources, self.constants)

    @inputs.setter
    def inputs(self, inputs: Inputs) -> None:
        # the direct way would pass them by, and so would what the engine has bound before
        self._inputs, self.arity, self.bound = inputs, NOT_DIRECT, None

    @property
    def templated(self) -> bool:
        """Return whether a template is among what its inputs are made of."""
        return self._inputs is not None and self._inputs.templated

    @property
    def id(self) -> str:
        """The node's id."""
        return self.node.id

    def __attrs_post_init__(self) -> None:
        self.handler = self.spec.handler
        if self._inputs is not None:
            self.arity = NOT_DIRECT
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


class Plan(ABC):
    """A compiled graph. Steps are numbered from 0 in program order, so every step comes after those it needs.

    ``graph`` is what it was compiled from; ``result`` resolves what a body or workflow returns, ``keeps`` are the
    steps whose values it reads. ``disabled`` are the steps of nodes that are passed over. In a ``chain`` each step waits for
    the one before it. ``kinds`` are the resource
    kinds that its steps or those inside them need, ``shortest_timeout`` the least of their time limits in seconds. Whatever reads a step's value is among
    its dependents, so a value can be dropped when those have ended. ``temporary`` is what is dropped in any case, and
    ``clears`` tells that there is such here or in a body. ``height`` is how deep the deepest step stands in bodies and
    subflows, 1 where there are none.
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
        return sum(not step.dependents for step in self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def digest(self) -> str:
        """SHA-256 of the graph, its node types and their versions, bodies and subflows included, as hexadecimal text."""
        return digest_of(self.graph, self.steps)


class ListPlan(Plan):
    """A plan held in lists."""

    def __init__(
        self,
        graph: Graph,
        steps: list[Step],
        result: Getter | None = None,
        keeps: frozenset[int] = frozenset(),
        temporary: Temporary | None = None,
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
        self._roots = [i for i, count in enumerate(self._in_degrees) if not count]
        self.chain = all(step.needs == (step.index - 1,) for step in steps[1:])
        self._sinks = sum([not step.dependents for step in steps])

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
