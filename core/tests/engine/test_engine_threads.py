"""Threads that can be left: what their functions give, and what becomes of those that never end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextvars import ContextVar

import anyio
import pytest

from stratagem._support.threads import run_in_thread

pytestmark = pytest.mark.anyio

NAME: ContextVar[str] = ContextVar("name", default="none")

EMBEDDED = """
import threading, anyio
from stratagem import Kernel, Node, Pack, Workflow
from stratagem.config.model import Config, RunConfig
pack = Pack("p")

@pack.node()
def never() -> None:
    threading.Event().wait()

async def main() -> None:
    workflow = Workflow({"n": Node("n", "p.never", timeout=0.05, on_error="continue")})
    async with Kernel(Config(run=RunConfig(grace=0.1)), packs=[pack]) as kernel:
        print((await kernel.run(workflow)).status)

anyio.run(main, backend="BACKEND")
print("ended")
"""


async def test_a_function_gives_its_value_or_raises() -> None:
    """As if it had been called."""
    assert await run_in_thread(max, 1, 2) == 2
    with pytest.raises(ZeroDivisionError):
        await run_in_thread(divmod, 1, 0)


async def test_a_function_sees_the_context_of_its_caller() -> None:
    """And runs in another thread."""
    NAME.set("caller")
    assert await run_in_thread(NAME.get) == "caller"
    assert await run_in_thread(threading.get_ident) != threading.get_ident()


async def test_a_function_is_left_where_its_caller_is_cancelled() -> None:
    """At once, and its thread keeps no process."""
    release = threading.Event()
    begun = time.perf_counter()
    with anyio.move_on_after(0.05) as scope:
        await run_in_thread(release.wait, 5)
    left = [each for each in threading.enumerate() if each.name == "stratagem function" and each.is_alive()]
    release.set()
    assert scope.cancelled_caught
    assert time.perf_counter() - begun < 3
    assert left
    assert all(each.daemon for each in left)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_program_that_embeds_the_kernel_ends_although_a_function_never_does(backend: str) -> None:
    """The kernel closes after its grace, and nothing keeps the interpreter."""
    program = [sys.executable, "-c", EMBEDDED.replace("BACKEND", backend)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=30, check=True)
    assert ended.stdout.split() == ["done", "ended"]
    assert "p.never@1 still runs in a thread" in ended.stderr
