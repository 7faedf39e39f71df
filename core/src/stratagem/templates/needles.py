"""Needles: what to look for so that a secret is found, and which parts of one are secrets of their own."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, unquote, unquote_plus

from attrs import frozen

from stratagem.templates.views import View, closed, joined, lowered, settled

LEAST: Final = 4
"""Shorter secrets are masked where a value is one, and not where their few characters occur in other text."""

LEAST_PART: Final = 6
"""Likewise, for parts of secrets and what is derived from them."""

LEAST_LINE: Final = 8
"""Characters of a secret's line that is looked for alone, and of a secret that is looked for across line ends."""

_LARGEST: Final = 100_000
"""Longer secrets are not taken apart."""

_NUMBER: Final = re.compile(r"\d{1,7}")
_SCHEME: Final = re.compile(r"(?i)(?:bearer|basic|token|digest)\s+(\S+)")
_USER: Final = re.compile(r"(?:[A-Za-z][\w+.-]{0,20}://)?[^\s/:@{}\[\]\"']{1,200}:([^\s@/]+)@")
_PAIR: Final = re.compile(r"[^\s/:{}\[\]\"']{1,200}:(\S+)")
_NAMED: Final = re.compile(
    r"(?i)(?:pass\w{0,20}|pwd|\bpin|secret\w{0,20}|\w{0,20}token|\w{0,20}key|sig\w{0,20}|auth\w{0,20})[\"']?\s*[=:]\s*[\"']?([^\s&;,\"'{}\[\]]+)"
)


@frozen
class Needle:
    """A text to look for.

    It is looked for in small letters, or ``coded`` in base64 as it is; across line ends if it is ``long``; a ``number``
    only where no digit stands beside it. ``closed`` is a text with spaces, so long that it is looked for without any.
    """

    text: str
    coded: bool = False
    long: bool = False
    number: bool = False
    closed: bool = False


def needles(secret: str, least: int = LEAST) -> tuple[Needle, ...]:
    """The needles by which a secret is found, the longest first; none if it has fewer than ``least`` characters."""
    text = secret.strip()
    placed = settled(View(text))
    if len(placed.text) < max(least, 1):
        return ()
    forms = dict.fromkeys(lowered(form) for form in _forms(placed, text))
    found = [Needle(form, False, len(form) >= LEAST_LINE, bool(_NUMBER.fullmatch(form))) for form in forms]
    if placed is not (bare := closed(placed)) and len(bare.text) >= LEAST_LINE:
        found.append(Needle(lowered(bare.text), long=True, closed=True))
    if len(text) >= LEAST:
        escaped = dict.fromkeys(
            (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], quote(text, ""))
        )
        found += [Needle(core, coded=True, long=True) for form in escaped for core in _cores(form)]
    return tuple(sorted(found, key=lambda needle: -len(needle.text)))


def _forms(placed: View, secret: str) -> Iterator[str]:
    yield placed.text
    if "\n" in placed.text:
        yield joined(placed).text
    if " " in secret:
        yield secret.replace("\\", "").replace(" ", "+")  # as forms are coded
    if not secret.isascii():
        yield settled(View(secret.encode(errors="replace").decode("latin-1"))).text  # as headers are read
    if len(secret) >= LEAST_PART:
        yield secret.encode(errors="replace").hex()


def _cores(secret: str) -> Iterator[str]:
    """Yield the base64 texts of the secret, wherever it begins in a longer text, without characters shared with others."""
    for coding in ("utf-8",) if secret.isascii() else ("utf-8", "latin-1", "utf-16-le"):
        content = secret.encode(coding, "replace")
        for offset in range(3):
            coded = b64encode(b"\0" * offset + content + b"\0\0").decode()
            core = coded[-(-offset * 8 // 6) : (offset + len(content)) * 8 // 6]
            if len(core) >= LEAST_PART:
                yield core


def parts(secret: str) -> Iterator[tuple[str, int]]:
    """The parts of a secret that are secrets of their own, with the least characters that they are looked for with.

    These are passwords in URLs and settings, texts in JSON, and the lines of a key.
    """
    if len(secret) > _LARGEST:
        return
    text = secret.strip()
    for line in text.splitlines()[1:] and text.splitlines():
        yield line.strip(), LEAST_LINE
    for pattern in (_SCHEME, _PAIR):
        if found := pattern.fullmatch(text):
            yield found[1], LEAST_PART
    for found in (*_USER.finditer(text), *_NAMED.finditer(text)):
        for part in (found[1], unquote(found[1]), unquote_plus(found[1])):
            yield part, LEAST
    if text[:1] in ("{", "["):
        for leaf in _leaves(text):
            yield leaf, LEAST_PART


def _leaves(text: str) -> Iterator[str]:
    try:
        waiting: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            waiting += value.values() if isinstance(value, dict) else value
