"""The bytes of an image: a header that tells what it is and whether it is whole, and the content as MessagePack.

Nothing in an image is code, and nothing of it is believed before its checksum is right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from stratagem import NotStorable, SpoiltImage

MAGIC: Final = b"STRATAGEM PLAN "
VERSION: Final = b"1\n"
"""The version of the form, which every change of it raises."""

CHECKSUM: Final = 32
HEADER: Final = len(MAGIC) + len(VERSION) + CHECKSUM


def encoded(content: Mapping[str, Any]) -> bytes:
    """The bytes; raises NotStorable for values that MessagePack has no form for."""
    try:
        body = msgspec.msgpack.encode(content)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotStorable(f"it can't be written ({error})") from error
    return MAGIC + VERSION + _checksum(body) + body


def decoded(raw: bytes) -> dict[str, Any]:
    """The content; raises SpoiltImage unless the bytes are just what `encoded` has made."""
    if not raw.startswith(MAGIC):
        raise SpoiltImage("it is no stored plan")
    if not raw.startswith(VERSION, len(MAGIC)):
        raise SpoiltImage("it has the form of another version")
    body = raw[HEADER:]
    if raw[HEADER - CHECKSUM : HEADER] != _checksum(body):
        raise SpoiltImage("it is damaged")
    try:
        content = msgspec.msgpack.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise SpoiltImage(f"it is damaged ({error})") from error
    if not isinstance(content, dict):
        raise SpoiltImage("it is no stored plan")
    return content


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=CHECKSUM).digest()
