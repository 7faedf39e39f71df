"""Progress as plain lines."""

from typing import Literal

from stratagem.cli.console import Console
from stratagem.engine.events import Event, RunStarted, StepEnded, StepStarted
from stratagem.errors import StepFailed, describe

Detail = Literal["failures", "steps", "all"]
"""Which steps get a line: those that fail, those of the workflow itself, or all, also in bodies."""


class Lines:
    """Tells of a run as it goes on."""

    def __init__(self, console: Console, title: str, detail: Detail) -> None:
        self._console = console
        self._title = title
        self._detail = detail
        self._run = ""

    def see(self, event: Event) -> None:
        """Tells of the event, if it is of interest."""
        tell = self._console.tell
        if isinstance(event, RunStarted):
            self._run = event.run
            steps = f"{event.steps} step{'' if event.steps == 1 else 's'}"
            tell(f"running {self._title}: {steps}", run=event.run, steps=event.steps)
        elif isinstance(event, StepStarted):
            if event.attempt > 1:
                text = f"{indent(event.depth)}attempt {event.attempt} of {event.node} ({event.type})"
                tell(text, run=self._run, node=event.node, type=event.type, attempt=event.attempt)
        elif isinstance(event, StepEnded) and self._is_told(event):
            facts = {"node": event.node, "type": event.type, "outcome": event.outcome}
            tell(line_of(event), run=self._run, seconds=round(event.seconds, 6), **facts)

    def _is_told(self, event: StepEnded) -> bool:
        if self._detail == "all":
            return True
        own = not isinstance(event.error, StepFailed) or event.error.node == event.node
        if event.outcome == "failed" and own:
            return True
        return self._detail == "steps" and event.depth == 0


def line_of(event: StepEnded) -> str:
    """Such as ``failed     0.010 s  fetch (std.http_request): ReadTimeout``."""
    seconds = "" if event.outcome == "skipped" else f"{event.seconds:.3f} s"
    text = f"{indent(event.depth)}{event.outcome:<9} {seconds:>9}  {event.node} ({event.type})"
    return f"{text}: {describe(event.error)}" if event.outcome == "failed" and event.error else text


def indent(depth: int) -> str:
    """Steps of bodies stand further to the right."""
    return "  " * depth
