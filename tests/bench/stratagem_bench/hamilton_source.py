"""A workflow file as the Python module that somebody would write for Hamilton."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def _nodes(file: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(file).read_text("utf-8"))["nodes"]
    return found


def _parents(node: dict[str, Any]) -> list[str]:
    return [
        str(read) for value in node["config"].values() for read in re.findall(r"\{\{ (\w+)\.result \}\}", str(value))
    ]


def source_of(file: str) -> str:
    """The module that somebody would write by hand."""
    parts = []
    for node in _nodes(file):
        names = _parents(node)
        taken, given = ", ".join(f"{name}: int" for name in dict.fromkeys(names)), node["config"].values()
        value = " - ".join(names or map(str, given))
        parts.append(f"def {node['id']}({taken}) -> int:\n    return {value}\n")
    return "\n".join(parts)


def leaves_of(file: str) -> list[str]:
    """The nodes that nobody reads."""
    nodes = _nodes(file)
    read = {name for node in nodes for name in _parents(node)}
    return [node["id"] for node in nodes if node["id"] not in read]
