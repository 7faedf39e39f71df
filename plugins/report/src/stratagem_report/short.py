"""A run in a few lines, for those who look at a terminal."""

from __future__ import annotations

from stratagem.cli.table import columns
from stratagem_report import sections, words
from stratagem_report.figures import figures_of
from stratagem_report.pictures import Pictures
from stratagem_report.record import Execution, RunRecord
from stratagem_report.timing import critical_path, top_frame

SHOWN = 8


def short(record: RunRecord) -> str:
    """How it ended, its figures, and its slowest steps."""
    frame = top_frame(record)
    figures, path = figures_of(record), critical_path(frame)
    counts = ", ".join(f"{count:,} {name}" for name, count in sections.outcomes(record, frame))
    rows = [
        ("run", record.run),
        ("workflow", record.name),
        ("began", str(record.head.get("started", "–"))),
        ("status", f"{record.status} in {words.seconds(record.seconds)}"),
        ("nodes", counts),
        (
            "work",
            f"{words.seconds(figures.work)} on one place; {words.percent(figures.efficiency)} of {figures.places} were used",
        ),
        ("span", f"{words.seconds(figures.span)}; Graham's bound is {words.seconds(figures.bound)}"),
        ("critical path", _path(path)),
    ]
    rows += [("failed", f"{each.step.node.id}: {each.step.error}") for each in _failed(record)]
    rows += [("noticed", f"{each.node.id}: {text}") for each, text in sections.notices(record)[:SHOWN]]
    slow = [(each.node.id, each.node.type, words.seconds(each.seconds)) for each in sections.slowest(record)[:SHOWN]]
    return f"{columns(rows)}\n\n{columns([('SLOWEST', 'TYPE', 'TOOK'), *slow])}"


def _path(path: list[Execution]) -> str:
    shown = [each.node.id for each in path[:SHOWN]]
    return " → ".join(shown) + (f" … {len(path) - len(shown)} more" if len(path) > len(shown) else "")


def _failed(record: RunRecord) -> list[sections.Problem]:
    return [each for each in sections.problems(record, Pictures(())) if each.step.how == "failed"]
