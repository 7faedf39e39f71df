"""TOML within bounds: what takes the parser or those after it more than a moment is refused beforehand."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from stratagem._support.numbers import INT_BITS, is_small

MAX_BYTES: Final = 1024 * 1024
"""The largest config that is read."""

MAX_DEPTH: Final = 100
"""Parts of one dotted key, and lists and tables within one another."""

# Texts and comments are matched whole, so that brackets and dots in them don't count; possessive repeats keep it linear.
_TOKENS: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"*+'
    r"|'''(?:[^']|'(?!''))*+'*+"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
    r"|[.\[\]{}=,\n]",
    re.DOTALL,
)


class TomlError(ValueError):
    """The text is no TOML that is read; ``line`` is where, if that is known."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


def read_toml(text: str) -> dict[str, Any]:
    """Return the plain data of a TOML text.

    Raises:
        TomlError: it is no TOML, is nested too deep, or has whole numbers that are too large.
    """
    _require_shallow(text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(str(error), _line_in(str(error))) from None
    except (ValueError, RecursionError):  # a whole number of more digits than Python converts, a date that is none
        raise TomlError(f"a number or date is none, or a whole number has more than {INT_BITS:,} bits") from None
    _require_small(data)
    return data


def _require_shallow(text: str) -> None:
    """Counts the dots of one key, and the brackets that are open."""
    dots = depth = 0
    for token in _TOKENS.finditer(text):
        first = token[0][0]
        if first == ".":
            dots += 1
        elif first in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
        if first not in ".\"'":
            dots = 0
        if dots >= MAX_DEPTH or depth > MAX_DEPTH:
            line = text.count("\n", 0, token.start()) + 1
            raise TomlError(f"keys and tables are nested more than {MAX_DEPTH} deep", line)


def _require_small(data: Any) -> None:
    for value in _numbers(data):
        if not is_small(value):
            raise TomlError(f"a whole number has more than {INT_BITS:,} bits")


def _numbers(data: Any) -> Iterator[int]:
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if type(value) is int:
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _line_in(message: str) -> int | None:
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    return int(found[1]) if found else None
