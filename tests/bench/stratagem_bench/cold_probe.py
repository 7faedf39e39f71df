"""Times load, compile and first run of a file, after a small one has imported what there is to import.

A file that holds a plan is only read; then there is nothing to compile.
"""

from __future__ import annotations

import json
import resource
import sys
from time import perf_counter

import anyio

from stratagem import Config, Kernel, Plan, RunOptions, RunResult, Strategy, Workflow


async def main(small: str, large: str) -> None:
    """Prints seconds by part, the sum of the values that nobody reads, and the process's peak in megabytes."""
    async with Kernel(Config(strategy=Strategy(schedule="dag"))) as kernel:
        options = RunOptions(keep="leaves")
        (await kernel.run(_loaded(kernel, small), options=options)).raise_for_error()
        begun = perf_counter()
        found = _loaded(kernel, large)
        loaded = perf_counter()
        plan = found if isinstance(found, Plan) else kernel.compile(found)
        compiled = perf_counter()
        result = await kernel.run(plan, options=options)
        ended = perf_counter()
    parts = {"load": loaded - begun, "compile": compiled - loaded, "run": ended - compiled, "total": ended - begun}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in kibibytes
    print(json.dumps({**parts, "sum": _sum(result), "peak": peak}))


def _loaded(kernel: Kernel, file: str) -> Workflow | Plan:
    return kernel.planned(file).plan if file.endswith(".plan") else kernel.load(file)


def _sum(result: RunResult) -> int:
    return sum(outputs["result"] for outputs in result.raise_for_error().outputs.values())


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], sys.argv[2])
