"""Nodes that work on a web page. Their functions are plain callables on a page, usable from other packs too."""

from stratagem_web import (
    advice,
    captures,
    dialogs,
    extract,
    forms,
    holding,
    mouse,
    navigation,
    scripts,
    state,
    surroundings,
    tables,
    tabs,
    transfers,
    waits,
)
from stratagem_web.registry import pack

__all__ = [
    "advice",
    "captures",
    "dialogs",
    "extract",
    "forms",
    "holding",
    "mouse",
    "navigation",
    "pack",
    "scripts",
    "state",
    "surroundings",
    "tables",
    "tabs",
    "transfers",
    "waits",
]
