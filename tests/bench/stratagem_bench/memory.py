"""What a node takes of memory, in a large workflow."""

from __future__ import annotations

from stratagem_bench.children import answer
from stratagem_bench.figures import Figure, Findings

NODES = 100_000
TARGET = 1500.0

PROBE = """
import json, sys
from stratagem_bench import memory_probe
print(json.dumps(getattr(memory_probe, sys.argv[1])(int(sys.argv[2]))))
"""


def measure(budget: float) -> Findings:
    """Bytes a node of a chain, each sort of count in an interpreter of its own.

    The target is for what a program holds that keeps the workflow, its plan and the result of a run with all values.
    """
    name = f"memory, chain {NODES:,}"
    traced = answer(PROBE, "traced", str(NODES))
    parts = ", ".join(f"{part} {traced[part]:.0f}" for part in ("workflow", "plan", "run"))
    yield Figure(f"{name}, held", traced["held"], "B/node", TARGET, f"allocated after the run: {parts}", strict=True)
    detail = "the most that was allocated at any moment, compiling included"
    yield Figure(f"{name}, peak", traced["peak"], "B/node", detail=detail)
    resident = answer(PROBE, "resident", str(NODES))
    detail = f"growth of the process after the run, with what it keeps for itself; at the peak {resident['peak']:.0f}"
    yield Figure(f"{name}, resident", resident["held"], "B/node", detail=detail)
