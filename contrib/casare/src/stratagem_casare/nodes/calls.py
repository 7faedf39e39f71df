"""Flows that are called."""

from typing import Any

from stratagem import Branch, StepFailed, Subflow, Variables
from stratagem_casare.nodes.registry import pack
from stratagem_std.control.reports import report_of


@pack.node(
    "SubflowNode",
    handles=("failures",),
    controls=("exec_out", "error"),
    outputs=("outputs",),
    writes=("var:{kept_as}",),
)
async def subflow(
    subflow_path: Subflow,
    variables: Variables,
    subflow_id: Any = "",
    subflow_name: Any = "",
    must_succeed: bool = False,
    kept_as: str = "",
    **inputs: Any,
) -> Branch:
    """Runs another flow's file to its end, with ``inputs`` as the variables of these names.

    It gives the outputs that the file declares, or all its variables if it declares none. Where it fails it goes on through ``error``; with ``must_succeed`` the failure goes on outwards.
    """
    try:
        ended = await subflow_path(inputs)
    except StepFailed as failure:
        if must_succeed:
            raise
        outputs: dict[str, Any] = {"error": report_of(failure).message}
        port = "error"
    else:
        outputs = ended.result if isinstance(ended.result, dict) else ended.variables
        port = "exec_out"
    if kept_as:
        variables[kept_as] = outputs
    return Branch(port, value=outputs)
