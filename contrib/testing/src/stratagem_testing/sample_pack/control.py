"""Control structures: nodes that own bodies."""

from __future__ import annotations

from typing import Any

import anyio
from attrs import frozen

from stratagem import Body, Branch, BreakLoop, ContinueLoop, Deferred, Handle, StepFailed, Subflow
from stratagem_testing.sample_pack.registry import sample


@frozen
class Passes:
    """The value of each pass of a body, and the number of passes."""

    results: list[Any]
    count: int


@frozen
class Tried:
    """The end of a body: true if it failed, and what it or its ``catch`` gave."""

    failed: bool
    result: Any


@sample.node(handles=("loop",), body_ports={"body": ("item",)}, body_variables={"body": ("{as}",)})
async def each(items: list[Any], body: Body, as_: str = "", concurrency: int = 1) -> Passes:
    """Runs its body for every item; where ``concurrency`` is above 1 that many at once, with variables of their own."""
    results: dict[int, Any] = {}
    waiting = iter(list(enumerate(items)))

    async def work() -> None:
        for index, item in waiting:
            results[index] = None
            try:
                own = {as_: item} if as_ else None
                told = {"item": item, "of": len(items), "number": index}
                results[index] = await body({"item": item}, own, isolated=concurrency > 1, **told)
            except ContinueLoop:
                continue

    try:
        if concurrency == 1:
            await work()
        else:
            async with anyio.create_task_group() as group:
                for _ in range(concurrency):
                    group.start_soon(work)
    except BreakLoop:
        pass
    return Passes([results[index] for index in sorted(results)], len(results))


@sample.node(name="while", handles=("loop",), body_ports={"body": ("turn",)})
async def while_(condition: Deferred[bool], body: Body, most: int = 3) -> int:
    """Runs its body while ``condition`` holds, at most ``most`` times; gives how often."""
    turn = 0
    while turn < most and condition():
        turn += 1
        try:
            await body({"turn": turn})
        except BreakLoop:
            break
        except ContinueLoop:
            continue
    return turn


@sample.node(name="try", handles=("failures",))
async def try_(body: Body, catch: Body | None = None) -> Tried:
    """Runs its body, and ``catch`` where that fails."""
    try:
        return Tried(False, await body())
    except StepFailed:
        return Tried(True, await catch() if catch is not None else None)


@sample.node(controls=("then", "else"), outputs=("result",))
async def choose(condition: bool, then: Body, else_: Body | None = None) -> Branch:
    """Runs one of two bodies, and goes on through the control output of its name."""
    if condition:
        return Branch("then", value=await then())
    return Branch("else", value=await else_() if else_ is not None else None)


@sample.node()
async def at_most(body: Body, seconds: float) -> bool:
    """Runs its body, and cancels it after ``seconds``; gives whether it had ended by then."""
    with anyio.move_on_after(seconds):
        await body()
        return True
    return False


@sample.node(outputs=("handle",))
async def start(flow: Subflow) -> Handle:
    """Starts another workflow, and goes on."""
    return flow.start()


@sample.node(name="await", outputs=("result",))
async def await_(handle: Handle) -> Any:
    """Waits for a started workflow; gives what it gave."""
    return (await handle.wait()).result


@sample.node(runs="loop")
def stop(handle: Handle) -> None:
    """Cancels a started workflow."""
    handle.cancel()


@sample.node(name="break", runs="loop", writes=("loop",))
def break_() -> None:
    """Ends the loop."""
    raise BreakLoop


@sample.node(name="continue", runs="loop", writes=("loop",))
def continue_() -> None:
    """Ends this pass of the loop."""
    raise ContinueLoop
