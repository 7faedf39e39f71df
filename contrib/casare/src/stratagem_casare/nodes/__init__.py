"""The pack ``casare``: CasareRPA's node types under their own names."""

from stratagem_casare.nodes import data, dicts, files, flow, http, lists, math, patterns, tables, texts, variables
from stratagem_casare.nodes.registry import pack

__all__ = [
    "data",
    "dicts",
    "files",
    "flow",
    "http",
    "lists",
    "math",
    "pack",
    "patterns",
    "tables",
    "texts",
    "variables",
]
