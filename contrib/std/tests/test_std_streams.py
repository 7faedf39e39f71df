"""Nodes that write files leave pipes and devices as they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from stratagem import Context, is_stream
from stratagem_std.csv_data import csv_write
from stratagem_std.files import append_file, copy_file, delete_file, move_file, read_file, write_file
from stratagem_std.json_data import json_write

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")

WRITES: tuple[tuple[Callable[..., Any], dict[str, Any], str], ...] = (
    (write_file, {"path": "pipe", "text": "x"}, "x"),
    (write_file, {"path": "pipe", "text": "x", "overwrite": False}, "x"),
    (append_file, {"path": "pipe", "text": "x"}, "x"),
    (json_write, {"path": "pipe", "data": 1}, "1\n"),
    (csv_write, {"path": "pipe", "rows": [{"a": 1}]}, "a\n1\n"),
    (copy_file, {"source": "notes.txt", "target": "pipe"}, "first\nsecond\n"),
    (move_file, {"source": "notes.txt", "target": "pipe"}, "first\nsecond\n"),
)


@pytest.mark.parametrize(("write", "inputs", "content"), WRITES)
def test_a_node_writes_into_a_pipe(
    write: Callable[..., Any], inputs: dict[str, Any], content: str, context: Context, sandbox: Path
) -> None:
    """Whoever reads it gets the content, and the pipe is still there; nothing has to be overwritten for that."""
    os.mkfifo(sandbox / "pipe")
    found: list[str] = []
    reader = Thread(target=lambda: found.append(read_file("pipe", context)), daemon=True)
    reader.start()
    write(**inputs, context=context)
    reader.join(10)
    assert found == [content]
    assert is_stream(sandbox / "pipe")


def test_a_pipe_is_no_file_to_copy_move_or_delete(context: Context, sandbox: Path) -> None:
    """The error says so: there is something of that name."""
    os.mkfifo(sandbox / "pipe")
    for act in (copy_file, move_file):
        with pytest.raises(OSError, match="no regular file"):
            act("pipe", "elsewhere", context)
    with pytest.raises(OSError, match="no regular file"):
        delete_file("pipe", context)
    assert is_stream(sandbox / "pipe")
