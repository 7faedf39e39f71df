"""Control flow without regions, and what only shows or waits.

Nodes that do nothing are async, here and among the loops: the kernel calls those without anything in between.
"""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import anyio

from stratagem import Branch, Context, Example
from stratagem_casare import coerce
from stratagem_casare.nodes.registry import pack
from stratagem_std.secret_text import plain

_LEVELS: Mapping[str, int] = MappingProxyType(
    {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error", "critical")}
)


@pack.node("StartNode", effect="pure", examples=(Example(),))
async def start() -> None:
    """Starts a flow."""


@pack.node("EndNode", effect="pure", examples=(Example(),))
async def end() -> None:
    """Ends a flow."""


@pack.node("CommentNode", effect="pure", runs="loop", examples=(Example({"comment": "why"}),))
def comment(comment: Any = "") -> None:
    """A note on the canvas."""


@pack.node("TriggerNode", effect="pure", examples=(Example(),))
async def trigger() -> None:
    """Stands for a trigger of any type: in a run by hand it only goes on."""


@pack.node("MergeNode", effect="pure", examples=(Example(),))
async def merge() -> None:
    """Joins branches: goes on when one of them arrives."""


@pack.node(
    "IfNode",
    effect="pure",
    runs="loop",
    controls=("true", "false"),
    examples=(Example({"condition": 1}, chooses="true"), Example({}, chooses="false")),
)
def if_(condition: Any = None, expression: Any = None) -> Branch:
    """Goes on at ``true`` or ``false`` by ``condition``, or by ``expression`` where there is none."""
    return Branch("true" if (expression if condition is None else condition) else "false")


@pack.node(
    "SwitchNode",
    effect="pure",
    runs="loop",
    controls=("case_*", "default"),
    examples=(Example({"value": "x", "cases": ["y"]}, chooses="default"),),
)
def switch(value: Any = None, cases: Any = (), expression: Any = None, drawn_cases: Any = ()) -> Branch:
    """Goes on at ``case_<value>`` and ``case_<index>`` of the case that equals ``value``, else at ``default``.

    ``expression`` stands in for a missing ``value``. ``cases`` is a list, or a text with commas between them; an output
    ``case_<value>`` that leads on is a case too. Where an index reads like another case, only the value counts.
    """
    wanted = plain(coerce.text(expression if value is None else value))
    known = coerce.words(cases)
    if wanted not in known:
        stands_for_index = wanted in map(str, range(len(known)))
        return Branch(f"case_{wanted}" if wanted in drawn_cases and not stands_for_index else "default")
    index = str(known.index(wanted))
    return Branch(*dict.fromkeys([f"case_{wanted}"] + ([] if index in known else [f"case_{index}"])))


@pack.node("LogNode", runs="loop", examples=(Example({"message": "hello", "level": "info"}),))
def log(
    context: Context,
    message: Any = "",
    data: Any = None,
    level: Any = "critical",
    include_timestamp: Any = True,
    include_node_id: Any = True,
) -> None:
    """Logs a message, and ``data`` behind it; time and node are the log's own to show."""
    shown = coerce.text(message) if data is None else f"{coerce.text(message)} {coerce.text(data)}".lstrip()
    context.log.log(_LEVELS.get(coerce.text(level).lower(), logging.CRITICAL), "%s", shown)


@pack.node("WaitNode", effect="pure", cost_from="duration", examples=(Example({"duration": 0}),))
async def wait(duration: Any = 1.0) -> None:
    """Waits for ``duration`` seconds."""
    await anyio.sleep(max(coerce.number(duration, 1.0), 0.0))
