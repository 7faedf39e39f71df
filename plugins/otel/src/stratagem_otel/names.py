"""Names of spans, attributes and events; those of OpenTelemetry's semantic conventions stand where there are any."""

RUN_ID = "workflow.run.id"
WORKFLOW = "workflow.name"
OUTCOME = "workflow.outcome"
"""``done``, ``failed`` or ``cancelled``."""

NODE_ID = "workflow.node.id"
NODE_TYPE = "workflow.node.type"
NODE_VERSION = "workflow.node.version"
NODE_PROVIDER = "workflow.node.provider"
"""The distribution that the node type comes from, and its version."""

ATTEMPTS = "workflow.node.attempts"
WAY = "workflow.node.way"
"""The way to a node of a body through the nodes around it, such as ``each[3] / b / c``."""

ROWS = "workflow.node.rows"
"""The passes that a failed node was in, such as ``row 3 of 5: 'd'``."""

WAITED = "workflow.node.waited"
"""Seconds that the node has waited for resources, which its duration does not count."""

BODY = "workflow.body.name"
PASS = "workflow.body.pass"
"""The number of the call of a body by its owner, counted from 0."""

PASSES = "workflow.body.passes"
"""The number of calls in all, as far as the owner says so."""

ITEM = "workflow.body.item"
"""The text of what the call is about, without secrets."""

ERROR_TYPE = "error.type"


def steps(outcome: str) -> str:
    """Return how many steps ended in which way: of a run, or of a group that has one span."""
    return f"workflow.steps.{outcome}"


def type_of(error: BaseException) -> str:
    """The class of an error as the conventions for ``error.type`` have it: with its module, where it is not built in."""
    cls = type(error)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
