"""Telling what goes on."""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from stratagem import Context, Example
from stratagem_std.as_text import as_text
from stratagem_std.registry import pack

Level = Literal["debug", "info", "warning", "error", "critical"]

_LEVELS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "debug": logging.DEBUG,
        "info": logging.INFO,
        "warning": logging.WARNING,
        "error": logging.ERROR,
        "critical": logging.CRITICAL,
    }
)


@pack.node(
    runs="loop",
    examples=(
        Example({"message": "Started"}),
        Example({"message": "Too few rows", "level": "warning", "data": {"rows": 2}}),
    ),
)
def log(message: Any, context: Context, level: Level = "info", data: Any = None) -> None:
    """Writes a message to the log, with ``data`` behind it; secrets are written as ``***``."""
    if data is None:
        context.log.log(_LEVELS[level], "%s", as_text(message))
    else:
        context.log.log(_LEVELS[level], "%s: %s", as_text(message), as_text(data))
