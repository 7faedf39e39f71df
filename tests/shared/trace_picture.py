"""The picture of a trace: a bar for each span, from what a receiver has decoded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from manual_blocks import DOCS, blocks_of
from otlp_receiver import Span, http_receiver

PICTURE = DOCS / "images" / "trace.svg"
PAGE = DOCS / "tracing.md"

WIDTH, LEFT, ROW, TOP = 760, 250, 26, 40
"""Pixels: of the picture, of the names, of a row's height, above the first one."""

STYLE = """
    .text { fill: #57606a } .strong { fill: #24292f; font-weight: 600 } .line { stroke: #d0d7de; stroke-width: 1 }
    .run { fill: #6e7781 } .node { fill: #2f6feb } .body { fill: #8250df }
    @media (prefers-color-scheme: dark) {
      .text { fill: #9198a1 } .strong { fill: #f0f6fc } .line { stroke: #3d444d }
      .run { fill: #7d8590 } .node { fill: #4184f3 } .body { fill: #9868e8 }
    }
  """


def spans_of_the_page() -> list[Span]:
    """The spans that the workflow of the page sends when the page's command runs it."""
    files = {block.file: block.text for block in blocks_of(PAGE) if block.file}
    with TemporaryDirectory() as folder, http_receiver() as receiver:
        for name, text in files.items():
            Path(folder, name).write_text(text, "utf-8")
        settings = {"endpoint": receiver.url, "sample_ratio": "1.0"}
        overrides = [word for key, value in settings.items() for word in ("--set", f"settings.otel.{key}={value}")]
        command = [sys.executable, "-m", "stratagem", "run", "order.yaml", "--quiet", *overrides]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "TRACE"))}
        subprocess.run(command, cwd=folder, env=clean, check=True)
        return list(receiver.spans)


def rows_of(spans: Sequence[Span]) -> list[tuple[int, Span]]:
    """The spans with their depths, each under its parent, by their begins."""
    children: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: (span.begun, span.attributes.get("workflow.node.id", ""))):
        children.setdefault(span.parent, []).append(span)

    def below(parent: str, depth: int) -> Iterator[tuple[int, Span]]:
        for span in children.get(parent, ()):
            yield depth, span
            yield from below(span.id, depth + 1)

    return list(below("", 0))


def labels_of(spans: Sequence[Span]) -> list[tuple[int, str]]:
    """Return what the picture writes.

    The depth and the name of each span, with the id of a node or the number of a pass.
    """
    return [(depth, _label(span)) for depth, span in rows_of(spans)]


def draw(spans: Sequence[Span]) -> str:
    """The picture as SVG."""
    rows = rows_of(spans)
    begun, ended = min(span.begun for span in spans), max(span.ended for span in spans)
    scale = (WIDTH - LEFT - 70) / (ended - begun)
    height = TOP + ROW * len(rows) + 12
    title = f"The trace of a run: {len(rows)} spans in {(ended - begun) / 1e9:.2f} s"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title description"',
        '     font-family="system-ui, sans-serif" font-size="13">',
        f'  <title id="title">{escape(title)}</title>',
        f'  <desc id="description">{escape(_told(rows))}</desc>',
        f"  <style>{STYLE}</style>",
        f'  <text class="strong" x="10" y="24">{escape(title)}</text>',
    ]
    for number, (depth, span) in enumerate(rows):
        y, x = TOP + ROW * number, LEFT + (span.begun - begun) * scale
        width, middle = max(2.0, (span.ended - span.begun) * scale), y + 17
        seconds = f"{(span.ended - span.begun) / 1e6:.0f} ms"
        parts += [
            f'  <line class="line" x1="10" y1="{y}" x2="{WIDTH - 10}" y2="{y}"/>',
            f'  <text class="text" x="{14 + 16 * depth}" y="{middle}">{escape(_label(span))}</text>',
            f'  <rect class="{span.name.split()[0].split(".")[1]}" x="{x:.1f}" y="{y + 5}" width="{width:.1f}" '
            f'height="{ROW - 10}" rx="3"/>',
            f'  <text class="text" x="{x + width + 6:.1f}" y="{middle}">{seconds}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _told(rows: Sequence[tuple[int, Span]]) -> str:
    """The picture in words."""
    return "Each bar is a span, in the order of their begins: " + "; ".join(
        f"{_label(span)}, {(span.ended - span.begun) / 1e6:.0f} ms" for _, span in rows
    )


def _label(span: Span) -> str:
    kind, _, name = span.name.partition(" ")
    id_ = span.attributes.get("workflow.node.id")
    if id_ is not None:
        return f"{id_} ({name})"
    number = span.attributes.get("workflow.body.pass")
    return f"{kind.removeprefix('workflow.')} {name}" + ("" if number is None else f", pass {number}")
