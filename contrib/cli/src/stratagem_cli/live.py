"""Live progress on a terminal, drawn with rich."""

import os
import sys
from collections.abc import Mapping
from time import perf_counter
from types import TracebackType
from typing import Self

import rich.console
from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from stratagem import Event, Plan, RunStarted, Usual
from stratagem_cli.console import Console
from stratagem_cli.estimate import Estimate, about
from stratagem_cli.tally import Running, Tally, places_in

MAX_ROWS = 12
"""The number of running nodes that are shown, those that come first in the plan."""

SHOW_CURSOR = b"\x1b[?25h\n"


class LiveProgress:
    """Draws how far the run is and what is running; lines that are told meanwhile scroll by above."""

    def __init__(self, console: Console, title: str, plan: Plan) -> None:
        self._console = console
        self._places = places_in(plan)
        self._title = title
        self._tally = Tally()
        self._estimate = Estimate(plan)
        self._usual: Mapping[str, Usual] = {}
        self._begun = perf_counter()
        self._rich = rich.console.Console(stderr=True)
        self._live = Live(
            console=self._rich,
            get_renderable=self._drawn,
            refresh_per_second=10,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),
        )

    def __enter__(self) -> Self:
        self._show = self._console.show
        self._console.show = self._above
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._console.show = self._show
        self._live.__exit__(kind, error, trace)

    def see(self, event: Event) -> None:
        """Takes an event in; it is drawn with the next refresh."""
        self._tally.see(event)
        self._estimate.see(event)
        if isinstance(event, RunStarted):
            self._usual = event.usual

    def restore(self) -> None:
        """Shows the cursor again where the process ends at once; safe in a signal handler."""
        os.write(2, SHOW_CURSOR)

    def _above(self, text: str) -> None:
        self._rich.print(Text(text), soft_wrap=True)

    def _drawn(self) -> RenderableType:
        return Group(self._head(), self._rows())

    def _head(self) -> RenderableType:
        tally, head = self._tally, Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(tally.total, 1), completed=tally.ended, width=24)
        counts = ", ".join(f"{n} {outcome}" for outcome, n in tally.counts.items() if n and outcome != "done")
        parts = (
            f"{tally.ended}/{tally.total} steps",
            f"{perf_counter() - self._begun:.1f} s",
            about(self._estimate.left),
            counts,
        )
        words = "  ".join(part for part in parts if part)
        head.add_row(Text(self._title, style="bold"), bar, Text(words))
        return head

    def _rows(self) -> RenderableType:
        running = sorted(self._tally.running.values(), key=self._place)
        rows = Table.grid(padding=(0, 2))
        for one in running[:MAX_ROWS]:
            rows.add_row(*_cells(one, self._usual.get(one.node)))
        if len(running) > MAX_ROWS:
            rows.add_row(Text(f"  and {len(running) - MAX_ROWS} more", style="dim"))
        return rows

    def _place(self, one: Running) -> int:
        return self._places.get(one.node, len(self._places))


def _cells(one: Running, usual: Usual | None) -> tuple[Text, ...]:
    name = "  " * (one.depth + 1) + one.node + (f" × {one.times}" if one.times > 1 else "")
    of = f" of about {usual.median:.1f} s" if usual is not None and usual.median >= 0.1 else ""
    seconds = Text(f"{perf_counter() - one.since:.1f} s{of}", justify="right")
    return Text(name, overflow="ellipsis", no_wrap=True), Text(one.type, style="dim"), seconds, Text(one.row)
