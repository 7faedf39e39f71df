"""Progress as plain lines."""

from typing import Literal

from stratagem import Event, RunStarted, StepEnded, StepFailed, StepStarted, Way, brief_of
from stratagem_cli.console import Console
from stratagem_cli.failures import way_fields

TOLD_WAIT = 0.1
"""Seconds of waiting for resources from which on it is told."""

Detail = Literal["failures", "steps", "all"]
"""The steps that get a line: those that fail, those of the workflow itself, or all, also in bodies."""


class Lines:
    """Tells of a run as it goes on."""

    def __init__(self, console: Console, title: str, detail: Detail) -> None:
        self._console = console
        self._title = title
        self._detail = detail
        self._run = ""

    def see(self, event: Event) -> None:
        """Tells of the event, if it is of interest."""
        tell = self._console.log
        if isinstance(event, RunStarted):
            self._run = event.run
            steps = f"{event.steps} step{'' if event.steps == 1 else 's'}"
            tell(f"running {self._title}: {steps}", run=event.run, steps=event.steps)
        elif isinstance(event, StepStarted):
            if event.attempt > 1:
                way = event.way
                text = f"{indent(event.depth)}attempt {event.attempt} of {_named(way, event.type)}"
                facts = {"node": event.node, "type": event.type, **way_fields(way)}
                tell(text, run=self._run, attempt=event.attempt, **facts)
        elif isinstance(event, StepEnded) and self._is_told(event):
            way = event.way
            facts = {"node": event.node, "type": event.type, "outcome": event.outcome, **way_fields(way)}
            waited = round(event.waited, 6) or None
            tell(line_of(event, way), run=self._run, seconds=round(event.seconds, 6), waited=waited, **facts)

    def _is_told(self, event: StepEnded) -> bool:
        if self._detail == "all":
            return True
        own = not isinstance(event.error, StepFailed) or event.error.way is None  # else a step of its body tells it
        if event.outcome == "failed" and own:
            return True
        return self._detail == "steps" and event.depth == 0


def line_of(event: StepEnded, way: Way) -> str:
    """Such as ``failed     0.010 s  each[3] / fetch (std.http_request) (row 3 of 5: 'd'): ReadTimeout``."""
    seconds = "" if event.outcome == "skipped" else f"{event.seconds:.3f} s"
    named = f"{way.text} ({event.type})" if event.outcome == "done" else _named(way, event.type)
    text = f"{indent(event.depth)}{event.outcome:<9} {seconds:>9}  {named}"
    if event.waited >= TOLD_WAIT:
        text += f" (waited {event.waited:.3f} s for what it needs)"
    return f"{text}: {brief_of(event.error)}" if event.outcome == "failed" and event.error else text


def _named(way: Way, type_: str) -> str:
    return f"{way.text} ({type_}) ({way.rows})" if way.passes else f"{way.text} ({type_})"


def indent(depth: int) -> str:
    """Steps of bodies stand further to the right."""
    return "  " * depth
