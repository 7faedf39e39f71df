"""A run in a few lines, for those who look at a terminal."""

from __future__ import annotations

from stratagem import columns
from stratagem_report import sections, words
from stratagem_report.figures import figures_of
from stratagem_report.record import Execution, RunRecord
from stratagem_report.timing import critical_path, top_frame

SHOWN = 8


def short(record: RunRecord) -> str:
    """Return how it ended, its figures, and its slowest steps."""
    frame = top_frame(record)
    figures, path = figures_of(record), critical_path(frame)
    counts = ", ".join(f"{count:,} {name}" for name, count in sections.outcomes(record, frame))
    failed = [each for each in sections.failures(record) if each.how == "failed"]
    rows = [("failed", _told(each)) for each in failed[: sections.ERRORS_SHOWN]]
    if len(failed) > len(rows):
        rows.append(("", f"and {len(failed) - len(rows):,} more"))
    rows += [
        ("run", record.run),
        ("workflow", record.name),
        ("began", str(record.head.get("started", "–"))),
        ("status", f"{record.status} in {words.seconds(record.seconds)}"),
        ("nodes", counts),
        *(
            [("sample", f"{record.unseen:,} more steps ran, and were too short to be recorded one by one")]
            if record.unseen
            else ()
        ),
        (
            "work",
            f"{words.seconds(figures.work)} on one place; {words.percent(figures.efficiency)} of {figures.places} were used",
        ),
        ("span", f"{words.seconds(figures.span)}; Graham's bound is {words.seconds(figures.bound)}"),
        ("critical path", _path(path)),
    ]
    rows += [("noticed", f"{each.way}: {text}") for each, text in sections.notices(record)[:SHOWN]]
    rows += [("waited", _waited(each)) for each in sections.pool_rows(record) if each.waited]
    slow = [(each.way, each.node.type, words.seconds(each.worked)) for each in sections.slowest(record)[:SHOWN]]
    return f"{columns(rows)}\n\n{columns([('SLOWEST', 'TYPE', 'TOOK'), *slow])}"


def _path(path: list[Execution]) -> str:
    shown = [each.node.id for each in path[:SHOWN]]
    return " → ".join(shown) + (f" … {len(path) - len(shown)} more" if len(path) > len(shown) else "")


def _told(failed: Execution) -> str:
    rows = f" ({failed.rows})" if failed.rows else ""
    return f"{failed.way}{rows}: {failed.error}"


def _waited(pool: sections.PoolRow) -> str:
    steps = f"{pool.waited:,} {'step' if pool.waited == 1 else 'steps'}"
    return f"{steps} for a {pool.kind}, {words.seconds(pool.total)} in all, at most {words.seconds(pool.longest)}"
