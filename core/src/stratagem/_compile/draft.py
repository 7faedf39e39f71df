"""Drafts: what is known of nodes and graphs while they are compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from attrs import frozen

from stratagem.claim import Claim
from stratagem.errors import GIVEN_UP, MOST_FOUND, BadInput, StratagemError, WorkflowError
from stratagem.model import Graph, Node, Workflow
from stratagem.nodes.spec import NodeSpec
from stratagem.templates.paths import TemplatePath
from stratagem.templates.template import Template

NO_PLACES: frozenset[str] = frozenset()
MAX_NESTING = 50
"""The depth of bodies and subflows, counted together: runs of deeper ones would exceed Python's stack."""

EVERY_VARIABLE = "var:*"
EVERYTHING = "*"
LEAVING = "loop"


@frozen
class Holding:
    """A lease that a node holds, or opens, for other steps; ``name`` is ``*`` where only the run tells it."""

    kind: str
    name: str
    shared: bool

    @property
    def place(self) -> str:
        """Return what steps touch that use the lease."""
        return f"resource:{self.kind}:{self.name}"


class Kind(Enum):
    """The kinds of things that names stand for."""

    VARIABLE = "variable"
    STEP = "step"
    PORT = "port"
    SYSTEM = "system"
    SECRET = "secret"


class Meaning(NamedTuple):
    """A resolved name: ``up`` graphs outwards, the step's position there, and the port or variable name.

    ``uses`` tells how many steps of the path after its root the meaning takes up.
    """

    kind: Kind
    name: str
    up: int = 0
    position: int = -1
    uses: int = 0


class Draft:
    """A node on its way to a step. Positions are those of the document until `order` has numbered the steps.

    ``values`` are the positions of the steps whose values its templates read, and those of its bodies; ``asked`` are the resources that it asks for, ``fills`` the templates of labels and session where these are computed.
    """

    __slots__ = (
        "asked",
        "bodies",
        "config",
        "constants",
        "controls",
        "fills",
        "flows",
        "graph",
        "holds",
        "lines",
        "needs",
        "node",
        "opens",
        "position",
        "reads",
        "spec",
        "templates",
        "values",
        "when",
        "writes",
    )

    def __init__(self, node: Node, spec: NodeSpec, config: Mapping[str, Any], position: int, graph: GraphDraft) -> None:
        self.node = node
        self.spec = spec
        self.config = config
        self.position = position
        self.graph = graph
        self.needs: list[int] = []  # with repetitions: sets take three times the memory
        self.values: list[int] | None = None
        self.lines: dict[str, list[tuple[int, str]]] | None = None
        self.controls: list[tuple[int, str]] | None = None
        self.constants: dict[str, Any] | None = None
        self.templates: dict[str, Template] | None = None
        self.when: Template | None = None
        self.asked: list[Claim] | None = None
        self.fills: dict[Claim, Template] | None = None
        self.holds: list[Holding] | None = None
        self.opens: list[Holding] | None = None
        self.bodies: dict[str, GraphDraft] | None = None
        self.flows: dict[str, GraphDraft] | None = None
        self.reads: frozenset[str] = NO_PLACES
        self.writes: frozenset[str] = NO_PLACES

    def paths(self) -> Iterable[TemplatePath]:
        """Every static path that a template of the node reads."""
        for template in (self.templates or {}).values():
            yield from template.paths
        if self.when is not None:
            yield from self.when.paths
        for template in (self.fills or {}).values():
            yield from template.paths

    def let_go(self) -> None:
        """Lets go what only its own step is made of: drafts and steps together would double what compiling takes."""
        self.templates = self.constants = self.lines = self.controls = self.values = None
        self.needs = []

    def key_of(self, claim: Claim) -> str:
        """Return where the workflow says what is asked of a resource."""
        return f"resources.{claim.parameter if claim.parameter in self.node.resources else claim.request.kind}"


class GraphDraft:
    """A graph on its way to a plan; ``owner`` is the node whose body it is, ``body`` that body's name.

    ``ports`` and ``local`` are the names that the owner hands in. ``root`` is the outermost graph of the workflow.
    ``depth`` counts the bodies and files around it. ``meanings`` are those of the paths that its templates read;
    of paths that are just an output of a step in it, ``wholes`` has the step's position.
    """

    __slots__ = (
        "body",
        "depth",
        "drafts",
        "graph",
        "index",
        "indexes",
        "local",
        "meanings",
        "order",
        "owner",
        "ports",
        "result",
        "root",
        "wholes",
    )

    def __init__(
        self,
        graph: Graph,
        owner: Draft | None = None,
        body: str = "",
        ports: Iterable[str] = (),
        local: Iterable[str] = (),
        depth: int = 0,
    ) -> None:
        self.graph = graph
        self.owner = owner
        self.body = body
        self.depth: int = owner.graph.depth + 1 if owner else depth
        self.ports = frozenset(ports)
        self.local = frozenset(local)
        self.drafts: list[Draft] = []
        self.index: dict[str, int] = {}
        self.order: list[int] = []
        self.indexes: list[int] = []
        self.meanings: dict[TemplatePath, Meaning] = {}
        self.wholes: dict[TemplatePath, int] = {}
        self.result: Template | None = None
        self.root: GraphDraft = owner.graph.root if owner else self

    def clear(self) -> None:
        """Lets go what was known, once the plan is there."""
        self.drafts.clear()
        self.meanings.clear()
        self.wholes.clear()
        self.index.clear()

    @property
    def parent(self) -> GraphDraft | None:
        """The graph around this body."""
        return self.owner.graph if self.owner else None


class Problems:
    """Collects everything that is wrong with a workflow, so that it is reported together."""

    def __init__(self, workflow: Workflow) -> None:
        self.file = workflow.source
        self.found: list[WorkflowError] = []
        self._known: set[int] = set()

    def add(self, error: WorkflowError, node: Node | None = None, key: str | None = None) -> None:
        """Keeps an error, with its place where it does not say one itself; several at once are kept one by one."""
        for problem in [each for first in error.problems for each in first.apart()]:
            if id(problem) in self._known:  # of a file that several nodes call
                continue
            self._known.add(id(problem))
            problem.file = problem.file or self.file
            if node is not None:
                problem.node = problem.node or node.id
                problem.line = problem.line or node.line
            problem.key = problem.key or key
            self.found.append(problem)
        if len(self.found) >= MOST_FOUND:
            self.found.append(WorkflowError(GIVEN_UP, file=self.file))
            self.raise_found()

    def raise_found(self) -> None:
        """Raises what was found, if anything."""
        if self.found:
            raise WorkflowError.together(self.found, f"{self.file or 'the workflow'} can't be run")


def too_nested() -> BadInput:
    """The error for bodies and subflows that are nested deeper than `MAX_NESTING`."""
    what = f"bodies and subflows are nested more than {MAX_NESTING} deep here"
    return BadInput(what, hint="Subflows that are called one after the other may do as well.")


def as_workflow_error(error: StratagemError) -> WorkflowError:
    """A plugin's or pack's error as one of the workflow that names it."""
    if isinstance(error, WorkflowError):
        return error
    wrapped = WorkflowError(str(error))
    wrapped.__cause__ = error
    return wrapped
