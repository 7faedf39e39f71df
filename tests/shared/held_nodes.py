"""A pack whose nodes use, hold and open things, and runs of it after which none is left."""

from __future__ import annotations

from typing import Any

import anyio

from stratagem import Body, Kernel, Leases, Pack, Plugin, RunResult, Workflow
from stratagem_pools import PoolSettings
from stratagem_testing import Grip, ThingPlugin, Things, node, sample

pack = Pack("held")


@pack.node(resources={"thing": "thing"})
async def use(thing: Grip, seconds: float = 0.0, clashes: list[Any] | None = None) -> int:
    """Gives the number of the thing; fails where another step uses it at the same time."""
    number = thing.use()
    assert thing.thing not in BUSY, "two steps use one thing at the same time"
    BUSY.append(thing.thing)
    try:
        await anyio.sleep(seconds)
    finally:
        BUSY.remove(thing.thing)
    thing.use()
    return number


@pack.node(resources={"thing": "thing"})
async def meet(thing: Grip, seconds: float = 0.01) -> int:
    """Gives how many steps use the thing at the same time."""
    MET.append(thing.thing)
    await anyio.sleep(seconds)
    count = MET.count(thing.thing)
    await anyio.sleep(seconds)
    MET.remove(thing.thing)
    return count


BUSY: list[Any] = []
MET: list[Any] = []


@pack.node(holds=("{kind}:{name}",))
async def holding(kind: str, body: Body, leases: Leases, name: str = "") -> Any:
    """Holds a lease for its body."""
    async with leases.hold(kind, name):
        return await body()


@pack.node(name="open", opens=("thing:{name}",))
async def open_(leases: Leases, name: str = "", colour: str | None = None) -> int:
    """Opens a lease for the steps that follow."""
    labels = None if colour is None else {"colour": colour}
    grip: Grip = await leases.open("thing", name, labels=labels)
    return grip.use()


@pack.node(name="close", opens=("thing:{name}",))
async def close_(leases: Leases, name: str = "") -> bool:
    """Closes it."""
    return await leases.close("thing", name)


@pack.node(opens=("thing",))
async def undeclared(leases: Leases) -> None:
    """Opens what its type does not say."""
    await leases.open("other")


def use_of(id_: str, seconds: float = 0.005, **how: Any) -> Any:
    """A step that uses a thing."""
    return node(id_, "held.use", {"seconds": seconds}, **how)


class Ran:
    """A run in a kernel of its own, and what became of the things."""

    def __init__(self, result: RunResult, things: Things) -> None:
        self.result = result
        self.things = things

    def number(self, node_id: str) -> int:
        """Which thing a step had."""
        number: int = self.result.outputs[node_id]["result"]
        return number


async def ran(workflow: Workflow, plugins: list[Plugin], **limits: Any) -> Ran:
    """Runs a workflow with things from a pool; nothing may be left of them."""
    things = Things()
    with anyio.fail_after(20):
        async with Kernel(
            packs=[pack, sample], plugins=[*plugins, ThingPlugin(PoolSettings(**limits), things)]
        ) as kernel:
            result = await kernel.run(workflow)
            assert things.grips == []
    assert things.alive == []
    return Ran(result, things)
