"""What importing costs, and what it draws in."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from repository import distributions
from stratagem_bench.children import answer
from stratagem_bench.figures import Figure, Findings

TARGET = 1.3
BASE = "import anyio, attrs, pluggy, stevedore"
OURS = ("import stratagem", "from stratagem import Kernel")
HEAVY = ("playwright", "opentelemetry", "rich", "httpx")

TIMED = """
import json, sys
from time import perf_counter
begun = perf_counter()
exec(sys.argv[1])
print(json.dumps(perf_counter() - begun))
"""

MODULES = """
import json, sys
exec(sys.argv[1])
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def measure(budget: float) -> Findings:
    """Seconds inside fresh interpreters, beside importing the four libraries that the kernel rests on."""
    seconds = _seconds((BASE, *OURS), budget)
    base = median(seconds[BASE])
    for statement, target in zip(OURS, (TARGET, None), strict=True):
        took = median(seconds[statement])
        detail = f"{took * 1e3:.1f} ms, the four libraries {base * 1e3:.1f}; {len(seconds[BASE])} repetitions"
        yield Figure(statement, took / base, "× libraries", target, detail)
    for statement in OURS:
        found = drawn_in(statement)
        detail = ", ".join(found) or f"none of {', '.join(HEAVY)}, nor any plugin, pack or format"
        yield Figure(f"drawn in: {statement}", len(found), "modules", 0, detail)


def drawn_in(statement: str) -> list[str]:
    """The heavy libraries and other distributions of this repository that a statement imports."""
    siblings = {name for each in distributions() if each.name != "stratagem-kernel" for name in each.packages}
    return sorted(siblings.union(HEAVY).intersection(answer(MODULES, statement)))


def _seconds(statements: tuple[str, ...], budget: float) -> dict[str, list[float]]:
    for statement in statements:
        answer(TIMED, statement)  # writes and warms what is on disk
    found: dict[str, list[float]] = {statement: [] for statement in statements}
    end = perf_counter() + 2 * budget
    while perf_counter() < end or len(found[BASE]) < 5:
        for statement in statements:
            found[statement].append(answer(TIMED, statement))
    return found
