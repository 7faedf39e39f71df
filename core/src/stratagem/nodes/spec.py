"""NodeSpec: what a node type is – its ports and traits."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import field, frozen

from stratagem.model import Graph, Retry

Effect = Literal["pure", "read", "write"]
"""``pure``: same inputs, same result, nothing touched. ``read``: looks at the outside. ``write``: changes it."""

Runs = Literal["loop", "thread", "process"]
"""The place at which a plain function runs. ``loop`` marks it as instant."""

Handles = Literal["failures", "loop"]
"""Ends that an owner of bodies takes in: ``failures`` of their steps, and the ``loop`` that break and continue leave."""

Injected = Literal["context", "variables", "bodies", "leases"]
"""The things that the kernel hands to a node besides its inputs."""

MISSING: Any = type("MISSING", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()
"""Stands for a default or an annotation that there is none of; it is false."""


@frozen
class InputPort:
    """A data input. ``variadic`` takes any number of connections; ``deferred`` is handed on unresolved.

    ``read`` makes of a value what the node is given, see `stratagem.Reads`.
    """

    name: str
    """The port's name, a key of the node's config."""
    parameter: str
    """The parameter that the value is handed in."""
    annotation: Any = Any
    """The type that values must have."""
    default: Any = MISSING
    """The value where none is given; `MISSING` for a port that must be given."""
    variadic: bool = False
    deferred: bool = False
    subflow: bool = False
    """True if it takes the name of another workflow."""
    read: Callable[[Any], Any] | None = None

    @property
    def required(self) -> bool:
        """Return whether a node without it is an error."""
        return self.default is MISSING and not self.variadic


@frozen
class OutputPort:
    """A data output; an ``optional`` one may be `NOTHING`."""

    name: str
    """The port's name."""
    annotation: Any = Any
    """The type that values must have."""
    optional: bool = False


@frozen
class BodyPort:
    """A body that a node may own; ``ports`` and ``variables`` are the names that the node hands to it.

    A name in ``variables`` may be ``{input}``: the constant that the node's config gives for that input.
    """

    name: str
    """The body's name."""
    parameter: str
    """The parameter that the body is handed in."""
    required: bool = True
    """True if the node must be given this body."""
    ports: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


@frozen
class Example:
    """A worked example: run as a test and printed in the docs.

    ``config`` is the node's config; ``gives`` the expected outputs by port (those left out are not compared).
    ``variables`` are set before, ``sets`` are expected afterwards; ``chooses`` is the control output expected.
    ``workflow`` is for a node that can't stand alone, such as a loop with its body: a whole graph in which the node
    has the id ``example``, run in place of a node with ``config``.
    """

    config: Mapping[str, Any] = field(factory=dict)
    gives: Mapping[str, Any] = field(factory=dict)
    variables: Mapping[str, Any] = field(factory=dict)
    sets: Mapping[str, Any] = field(factory=dict)
    chooses: str | None = None
    workflow: Graph | None = None


@frozen(eq=False)
class NodeSpec:
    """A node type: ``pack.name@version``.

    ``reads`` and ``writes`` are places (``var:name``, ``file:path``, ``*`` for all, ``loop`` for leaving a loop), in which ``{input}`` stands for a
    constant of the config. Parameters of ``resources`` that are ``optional`` have a default, which stands where nothing
    provides their kind. ``holds`` and ``opens`` are resource kinds, or ``kind:name``, written in the same way.
    ``extra_inputs`` is the annotation of inputs beyond the named ones, MISSING if there are
    none. ``cost`` is the estimated duration in seconds, ``cost_from`` the input whose constant tells it. ``single`` tells that the returned value is the one output
    itself; else outputs are attributes of it. An instance of a ``rebuildable`` class may be closed between two executions
    and built anew, see `stratagem.reference.instances`. ``distribution`` is the name and version of the package it came from.
    """

    pack: str
    name: str
    version: int
    handler: Callable[..., Any]
    """The function, or the class with ``run``."""
    inputs: Mapping[str, InputPort]
    """The data inputs, by name."""
    outputs: Mapping[str, OutputPort]
    """The data outputs, by name."""
    controls: tuple[str, ...] = ("exec_out",)
    """The control outputs."""
    bodies: Mapping[str, BodyPort] = field(factory=dict)
    """The bodies that a node may own, by name."""
    injected: Mapping[str, Injected] = field(factory=dict)
    """The things that the kernel hands in, by parameter."""
    resources: Mapping[str, str] = field(factory=dict)
    optional: frozenset[str] = frozenset()
    holds: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    effect: Effect = "write"
    """``pure``, ``read`` or ``write``: what a second execution would mean."""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    runs: Runs | None = None
    """The place at which a plain function runs: in the ``loop``, in a ``thread``, or in a ``process`` of its own."""
    timeout: float | None = None
    """The time limit in seconds where the node has none."""
    retries: Retry | None = None
    """The rule by which it is tried again where the node does not say."""
    idempotent: bool = False
    """True if a second execution does no harm."""
    cost: float | None = None
    cost_from: str | None = None
    handles: tuple[Handles, ...] = ()
    """The ends of its bodies that it takes in itself, such as ``failures``."""
    examples: tuple[Example, ...] = ()
    """Examples that tests run."""
    doc: str = ""
    """Its description, from the docstring."""
    extra_inputs: Any = MISSING
    single: bool = True
    stateful: bool = False
    """True if it is a class, with an instance for each step of a run."""
    rebuildable: bool = False
    is_async: bool = True
    """True if its handler is a coroutine function."""
    distribution: str = ""

    @property
    def id(self) -> str:
        """``pack.name@version``."""
        return f"{self.pack}.{self.name}@{self.version}"

    @property
    def type(self) -> str:
        """``pack.name``, without the version."""
        return f"{self.pack}.{self.name}"

    @property
    def branching(self) -> bool:
        """Return whether the node chooses among control outputs."""
        return self.controls != ("exec_out",)
