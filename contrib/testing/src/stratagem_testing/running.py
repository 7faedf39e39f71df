"""One run in a kernel of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stratagem import Config, Kernel, Pack, Plugin, RunResult, Workflow


async def run_once(
    workflow: Workflow,
    variables: Mapping[str, Any] | None = None,
    *,
    config: Config | None = None,
    plugins: Iterable[Plugin] = (),
    packs: Iterable[Pack] = (),
    **options: Any,
) -> RunResult:
    """Runs ``workflow`` in a kernel that is opened for it; ``options`` are fields of `RunOptions`.

    Raises:
        WorkflowError: the workflow can't be run.
    """
    async with Kernel(config, plugins=plugins, packs=packs) as kernel:
        return await kernel.run(workflow, variables, options=kernel.options_for(workflow, **options))


def outcome(result: RunResult) -> dict[str, Any]:
    """Return what a run gave: all that strategies must leave as it is."""
    return {
        "status": result.status,
        "value": result.value,
        "variables": result.variables,
        "outputs": {node: dict(outputs) for node, outputs in result.outputs.items()},
        "steps": result.steps,
        "failures": sorted(str(failure) for failure in result.failures),
    }
