"""What importing Stratagem may not draw in: this is what keeps every command quick, on any machine."""

from __future__ import annotations

import pytest

from stratagem_bench.children import answer
from stratagem_bench.imports import drawn_in

MODULES = """
import json, sys
exec(sys.argv[1])
print(json.dumps(sorted(sys.modules)))
"""

OPEN = """
import asyncio
from stratagem import Kernel
async def main():
    async with Kernel(): pass
asyncio.run(main())
"""


RUN = """
import asyncio
from stratagem import Kernel, Workflow
async def main():
    async with Kernel() as kernel: (await kernel.run(Workflow({}))).raise_for_error()
asyncio.run(main())
"""


@pytest.mark.parametrize("statement", ["import stratagem", "from stratagem import Kernel", "from stratagem import *"])
def test_importing_draws_in_no_plugin_and_nothing_heavy(statement: str) -> None:
    """Neither playwright, opentelemetry, rich nor httpx, nor any other distribution of this repository."""
    assert drawn_in(statement) == []


def test_opening_a_kernel_with_the_reference_strategies_draws_in_nothing_more() -> None:
    """What no config names is not imported."""
    assert drawn_in(OPEN) == []


def test_a_kernel_without_pools_imports_none_of_them() -> None:
    """Nor what holds leases for other steps, before a node asks for it."""
    found = answer(MODULES, RUN)
    assert "stratagem._engine.calling.binding" in found
    assert not [name for name in found if name.startswith(("stratagem_pools", "stratagem._engine.leases.leases"))]


def test_a_kernel_imports_what_compiles_and_runs_when_a_run_begins() -> None:
    """What plugins begin when the kernel opens, such as launching a browser, need not wait for that."""
    found = answer(MODULES, OPEN)
    assert "stratagem.kernel" in found
    assert not {"stratagem._compile", "stratagem._engine.running.run", "stratagem.plugins.discovery", "tomllib"} & {
        *found
    }


def test_what_is_drawn_in_is_noticed() -> None:
    """The check above sees a plugin and a heavy library."""
    assert drawn_in("import stratagem_dag, httpx") == ["httpx", "stratagem_dag"]
