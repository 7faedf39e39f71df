"""A pack of class nodes that log what happens to their instances."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
from attrs import define, field

from stratagem import Body, Pack


@define(eq=False)
class Nodes:
    """A pack of class nodes that log what happens to their instances; ``open`` counts those that are not closed."""

    pack: Pack = field(factory=lambda: Pack("inst").provided_by("inst-dist 1.0"))
    log: list[str] = field(factory=list)
    open: int = 0
    most: int = 0

    def made(self) -> None:
        """An instance has been made."""
        self.open += 1
        self.most = max(self.most, self.open)

    def __attrs_post_init__(self) -> None:
        nodes, pack, log = self, self.pack, self.log

        class Base:
            def __init__(self) -> None:
                nodes.made()
                self.count = 0

            async def close(self) -> None:
                await anyio.lowlevel.checkpoint()
                nodes.open -= 1
                log.append(f"closed at {self.count}")

        @pack.node("counting", rebuildable=True)
        class Counting(Base):
            """Counts its runs, and hands the count on."""

            async def run(self, by: int = 1, seconds: float = 0.0) -> int:
                self.count += by
                await anyio.sleep(seconds)
                return self.count

            def state(self) -> int:
                return self.count

            def restore(self, state: int) -> None:
                self.count = state

        @pack.node("silent")
        class Silent(Base):
            """Counts its runs, and says nothing of that."""

            async def run(self, by: int = 1) -> int:
                self.count += by
                return self.count

        @pack.node("unclosed")
        class Unclosed:
            """Has nothing to close."""

            def __init__(self) -> None:
                self.tries = 0
                log.append("made")

            async def run(self, failures: int = 0) -> int:
                self.tries += 1
                if self.tries <= failures:
                    raise ValueError(f"try {self.tries}")
                return self.tries

        @pack.node("threaded", rebuildable=True)
        class Threaded(Base):
            """Works in a thread."""

            def run(self, seconds: float) -> int:
                import time

                time.sleep(seconds)
                log.append(f"worked while {nodes.open} open")
                return 1

        @pack.node("twice", rebuildable=True, body_ports={"body": ("turn",)})
        class Twice(Base):
            """Runs its body twice."""

            async def run(self, body: Body) -> list[Any]:
                self.count += 1
                return [await body({"turn": turn}) for turn in range(2)]
