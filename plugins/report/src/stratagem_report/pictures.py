"""Pictures that a run's nodes kept, as ``data:`` addresses within a page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

from stratagem import FileTooLarge, read_regular

KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}

MOST_BYTES = 12_000_000
"""Bytes of pictures in one page; those that do not fit are named."""


class Pictures:
    """Reads pictures from files; relative ones are looked for in ``folders``, in this order."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._room = MOST_BYTES

    def of(self, artifacts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """For each artifact its path, and its address where it is a picture that can be shown, else ``""``."""
        for path, _ in artifacts:
            yield path, self._address(path)

    def _address(self, named: str) -> str:
        kind = KINDS.get(Path(named).suffix.lower())
        if kind is None:
            return ""
        for folder in self._folders:
            try:
                data = read_regular(folder / named, self._room)
            except FileTooLarge:
                return ""
            except OSError:  # not in this one
                continue
            self._room -= len(data)
            return f"data:{kind};base64,{b64encode(data).decode()}"
        return ""
