"""Workflows as they were drawn or written: workflows, nodes and connections, as immutable values."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen

OnError = Literal["fail", "continue"]
"""The effect of a failing step: it ends the run or body it is in, or is recorded and its ``exec_out`` followed."""


@frozen
class Connection:
    """A line from an output port to an input port; a control line if its source port is a control output."""

    source_node: str
    """The id of the node that it comes from."""
    source_port: str
    """The output there."""
    target_node: str
    """The id of the node that it leads to."""
    target_port: str
    """The input there."""


@frozen
class Retry:
    """The rule by which a failed step is tried again.

    ``attempts`` counts the first try. The n-th pause is ``delay * backoff ** (n - 1)`` seconds, at most ``max_delay``.
    """

    attempts: int = 3
    delay: float = 1.0
    backoff: float = 2.0
    max_delay: float = 60.0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after failed attempt number ``attempt`` (counted from 1)."""
        try:
            return min(self.delay * self.backoff ** (attempt - 1), self.max_delay)
        except OverflowError:  # larger than every float, and so than the bound
            return self.max_delay if self.delay else 0.0


@frozen
class ResourceRequest:
    """A request for a lease: of what kind, and on which terms.

    ``kind`` is filled in from the node type where a workflow asks. ``labels`` say what the resource must be like, in
    the provider's words. Requests with one ``session`` get the same member, one after the other, for as long as it
    lives. A ``shared`` one is content with a member that others use at the same time. Of those that wait, the higher
    ``priority`` comes first. ``name`` is for a step that wants no lease of its own, but the one held under that name.
    """

    kind: str = ""
    labels: Mapping[str, Any] = field(factory=dict)
    session: str | None = None
    shared: bool = False
    priority: float = 0.0
    name: str | None = None


@frozen
class Cache:
    """Asks caches of results to remember a node's: for ``ttl`` seconds, or for as long as the cache does by itself."""

    ttl: float | None = None


@frozen
class Node:
    """One node as drawn.

    ``type`` is ``pack.node`` or ``pack.node@version``. ``config`` maps input ports to constants and templates.
    ``resources`` maps parameters, or else resource kinds, to what the node asks of them; labels and sessions may be
    templates.
    ``after`` names nodes that must be settled first. ``when`` is an expression; where it is false the node is skipped.
    ``timeout`` is in seconds. ``group`` is a name that ``Settings.limits`` may bound. ``cache`` is False where no result
    may be remembered; left out, only those of ``pure`` types may. ``line`` is where the file has it.
    """

    id: str
    """Its name, unique in its graph."""
    type: str
    config: Mapping[str, Any] = field(factory=dict)
    bodies: "Mapping[str, Graph]" = field(factory=dict)
    """The workflows that it owns, by the name of the body."""
    after: tuple[str, ...] = ()
    when: str | None = None
    disabled: bool = False
    """True if it is passed over."""
    timeout: float | None = None
    retry: Retry | None = None
    """The rule by which it is tried again when it fails; that of its type where None."""
    on_error: OnError | None = None
    """The meaning of its failure; as the workflow says where None."""
    group: str | None = None
    resources: Mapping[str, ResourceRequest] = field(factory=dict)
    cache: Cache | Literal[False] | None = None
    position: tuple[float, float] | None = None
    """Its position in the drawing."""
    line: int | None = None


@frozen(eq=False)
class Graph:
    """Nodes by id, in document order, and the connections between them: a workflow, or the body of a node.

    ``result`` is a constant or template that is resolved when all steps have ended: what a body call returns.
    """

    nodes: Mapping[str, Node] = field(factory=dict)
    """The nodes by id, in the order of the file."""
    connections: tuple[Connection, ...] = ()
    """The connections between them."""
    result: Any = None


@frozen
class Limits:
    """Bounds on the steps that run at once: per node type (``pack.node``), per resource kind, per group."""

    types: Mapping[str, int] = field(factory=dict)
    """By node type: at most so many of them at once."""
    kinds: Mapping[str, int] = field(factory=dict)
    """By resource kind: at most so many steps that need one at once."""
    groups: Mapping[str, int] = field(factory=dict)
    """By group: at most so many of its steps at once."""


@frozen
class Settings:
    """The run settings of a workflow; the config's ``[run]`` has the defaults.

    ``timeout`` bounds the whole run and ``step_timeout`` each step, in seconds. ``seed`` makes random nodes repeatable.
    """

    on_error: OnError = "fail"
    """The meaning of a node's failure where the node does not say."""
    timeout: float | None = None
    step_timeout: float | None = None
    concurrency: int | None = None
    """At most so many steps at once; the config's where None."""
    limits: Limits = field(factory=Limits)
    """Limits besides those of the config; the smaller one holds."""
    seed: int | None = None


@frozen(eq=False)
class Workflow(Graph):
    """A whole workflow. ``variables`` maps names to initial values; ``source`` is the file it was read from.

    ``temporary`` names variables and nodes whose values are dropped once nothing reads them any more. ``metadata`` is
    carried along unread. ``format`` is the name of the format that it was read in.
    """

    name: str = ""
    """Its name; where none is written, an empty text."""
    variables: Mapping[str, Any] = field(factory=dict)
    settings: Settings = field(factory=Settings)
    """The settings that it is to be run with."""
    source: str | None = None
    metadata: Mapping[str, Any] = field(factory=dict)
    temporary: tuple[str, ...] = ()
    format: str | None = None
