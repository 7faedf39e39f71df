"""The roles of control node types in the structure: which of their outputs lead into bodies, which ones end them."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

FOR, WHILE, PARALLEL = "ForLoopStartNode", "WhileLoopStartNode", "ParallelForEachNode"
TRY, CATCH, FINALLY, RETRY = "TryNode", "CatchNode", "FinallyNode", "RetryNode"
FORK, JOIN, SUBFLOW = "ForkNode", "JoinNode", "SubflowNode"
BREAK, CONTINUE, THROW = "BreakNode", "ContinueNode", "ThrowErrorNode"
SUCCESS, FAIL = "RetrySuccessNode", "RetryFailNode"
SWITCH = "SwitchNode"
START, TRIGGER = "StartNode", "TriggerNode"

LOOPS = frozenset((FOR, WHILE, PARALLEL))
"""The types that break and continue may leave."""

REPEATING = frozenset((FOR, WHILE, RETRY))
"""The types that run their bodies again in the same variables."""

LEAVING = frozenset((BREAK, CONTINUE))
NEVER_GO_ON = frozenset((BREAK, CONTINUE, THROW, FAIL))
"""The types that no way leads on from."""

CHOOSING = frozenset(("IfNode", SWITCH, TRY, RETRY))
"""The types that go on through some of their outputs only."""

TRIED = {"body": "tried", "catch": "caught", "finally": "finished"}
"""The control outputs of a structured try at which it goes on if that body has come to its end."""


@frozen
class Kind:
    """A type that owns bodies: control output → body, and control output → that of the structured node."""

    bodies: Mapping[str, str]
    outputs: Mapping[str, str]


@frozen
class End:
    """A type that ends a body: the type that begins it, and the output there that its own ``exec_out`` stands for."""

    begins: str
    output: str
    keys: tuple[str, ...] = ("paired_start_id",)


_LOOP = Kind(MappingProxyType({"body": "body"}), MappingProxyType({"completed": "exec_out"}))

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        FOR: _LOOP,
        WHILE: _LOOP,
        PARALLEL: _LOOP,
        TRY: Kind(
            MappingProxyType({"try_body": "body", "catch": "catch", "finally": "finally"}),
            MappingProxyType({"exec_out": "exec_out"}),
        ),
        RETRY: Kind(
            MappingProxyType({"retry_body": "body"}), MappingProxyType({"success": "success", "failed": "failed"})
        ),
    }
)

OWN_PORTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        FOR: frozenset(("current_item", "current_index", "current_key")),
        WHILE: frozenset(("current_iteration",)),
        PARALLEL: frozenset(("current_item", "current_index")),
        TRY: frozenset(),
        RETRY: frozenset(("attempt", "last_error")),
    }
)
"""The names that the bodies of a type read as outputs of the node that they belong to."""

ENDS: Mapping[str, End] = MappingProxyType(
    {
        "ForLoopEndNode": End(FOR, "completed"),
        "WhileLoopEndNode": End(WHILE, "completed"),
        SUCCESS: End(RETRY, "success", ("paired_retry_id", "paired_start_id")),
        FAIL: End(RETRY, "failed", ("paired_retry_id", "paired_start_id")),
    }
)

PAIRING = frozenset(
    (
        *("paired_start_id", "paired_end_id", "paired_retry_id", "paired_try_id", "paired_catch_id"),
        *("paired_finally_id", "paired_fork_id", "paired_join_id"),
    )
)
"""Config keys that name another node of the same structure; nothing but the structure reads them."""
