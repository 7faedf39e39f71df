"""``python tests/docs/draw_trace.py``: draws the picture of ``docs/tracing.md`` from the spans of a real run."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "shared")]

from trace_picture import PICTURE, draw, spans_of_the_page  # noqa: E402 - the path has to be there first

if __name__ == "__main__":
    PICTURE.write_text(draw(spans_of_the_page()), "utf-8")
