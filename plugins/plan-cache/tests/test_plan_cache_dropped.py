"""What passes have left out of a plan stays out of its image."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from stratagem import Config, Kernel, Pack, Plan, Plugin, ResourceProvider, Run, hookimpl
from stratagem_plan_cache.files import PlanFiles

FLOW = """
nodes:
  - {id: a, type: p.sign, config: {n: 1}}
  - {id: w, type: std.for_each, config: {items: [1]}, bodies: {body: {nodes: [{id: i, type: p.sign, config: {n: 1}}]}}}
  - {id: b, type: std.add, config: {a: 1, b: 2}}
"""


class Desks(Plugin):
    """Offers desks, of which none is asked for."""

    kinds = ("desk",)

    @hookimpl
    def acquire_resource(self, run: Run, kind: str) -> ResourceProvider:
        """Nobody comes here."""
        raise AssertionError(kind)


class Leaving(Plugin):
    """Leaves out what needs a desk."""

    @hookimpl(wrapper=True)
    def compile(self) -> Generator[None, Plan, Plan]:
        """The plan without two steps."""
        plan = yield
        return plan.revised(drop=["a", "w"], why="there is no desk")


def test_dropped_steps_ask_for_no_resource_in_an_image(tmp_path: Path) -> None:
    """A step that is never run takes no lease, from a file as from an image, and the digest is the same."""
    pack = Pack("p")

    @pack.node(effect="pure", resources={"desk": "desk"})
    async def sign(n: int, desk: str) -> int:
        return n

    source, image = tmp_path / "flow.yaml", tmp_path / "flow.plan"
    source.write_text(FLOW)
    kernel = Kernel(Config(), plugins=[Leaving(), Desks()], packs=[pack])
    PlanFiles().write(str(image), kernel.image(str(source)))
    plans = [kernel.compile(kernel.load(str(source))), Kernel(Config(), packs=[pack]).planned(str(image)).plan]
    assert [plan.kinds for plan in plans] == [frozenset(), frozenset()]
    assert [plan.height for plan in plans] == [1, 1]
    assert len({plan.digest for plan in plans}) == 1
