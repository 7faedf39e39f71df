"""Keys: what a result is found by, a few bytes that are the same in every process."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from hashlib import blake2b
from marshal import dumps
from typing import Any

from stratagem_node_cache.canonical import SCALARS, STABLE, Writer, require_writable

KEY_SIZE = 20
"""Bytes of a key; with a thousand million of them, two are equal by chance once in 10³⁰ times."""


class KeyMaker:
    """Makes the keys of one node type; ``identity`` is all that the type itself contributes.

    With ``ordered`` inputs, which a node takes as ``**more``, their order counts.
    """

    def __init__(self, *identity: str, ordered: bool = False) -> None:
        python = f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}"
        self._start = blake2b(dumps((python, *identity), STABLE), digest_size=KEY_SIZE)
        self._ordered = ordered

    def key(self, inputs: Mapping[str, Any]) -> tuple[bytes, bool]:
        """The key of these inputs, and whether it holds outside of this process; raises `Unfit`."""
        names = tuple(inputs) if self._ordered else tuple(sorted(inputs))
        values = [inputs[name] for name in names]
        digest = self._start.copy()
        if SCALARS.issuperset(map(type, values)):
            digest.update(dumps((names, values), STABLE))
            return digest.digest(), True
        require_writable(values)
        writer = Writer()
        writer.parts.append(dumps(names, STABLE))
        for value in values:
            writer.write(value)
        digest.update(b"".join(writer.parts))
        return digest.digest(), not writer.objects
