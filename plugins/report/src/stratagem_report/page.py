"""The page: one file with everything in it, that asks the network for nothing."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from stratagem import __version__, atomic
from stratagem_report import sections, words
from stratagem_report.canvas import canvas_data
from stratagem_report.figures import figures_of
from stratagem_report.pictures import Pictures
from stratagem_report.record import RunRecord
from stratagem_report.timing import critical_path, top_frame

SCRIPTS = ("base.js", "view.js", "graph.js", "timeline.js", "nodes.js", "main.js")


def page(record: RunRecord, folder: Path = Path()) -> str:
    """The report of a run as HTML; pictures that it names are looked for from ``folder`` and the workflow's own."""
    frame = top_frame(record)
    path = critical_path(frame)
    source = record.head.get("file")
    pictures = Pictures((folder, *((Path(source).parent,) if source else ())))
    return _template().render(
        record=record,
        version=__version__,
        figures=figures_of(record),
        outcomes=sections.outcomes(record, frame),
        path=path,
        path_seconds=sum(each.worked for each in path),
        path_rows=sections.path_rows(path),
        slowest=sections.slowest(record),
        waits=sections.waits(record, frame),
        problems=sections.problems(record, pictures),
        notices=sections.notices(record),
        failed=len(sections.failures(record)),
        metrics=sections.metric_rows(record),
        caches=sections.cache_rows(record),
        pools=sections.pool_rows(record),
        data=embedded(canvas_data(record, frame, path)),
        style=Markup(asset("page.css")),
        script=Markup("\n".join(asset(name) for name in SCRIPTS)),
    )


def write_page(record: RunRecord, target: Path, folder: Path = Path()) -> None:
    """Writes the page whole or not at all; raises OSError."""
    text = page(record, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(target, text.encode())


def embedded(data: Any) -> Markup:
    """JSON that nothing in it can end the element around it."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace("\u2028", "\\u2028"))


def asset(name: str) -> str:
    """A file that the page is made of."""
    return (files("stratagem_report") / "assets" / name).read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters.update(seconds=words.seconds, percent=words.percent, count=words.count)
    return environment.from_string(asset("page.html"))
