"""Plans in files of their own: what ``stratagem compile`` writes, and ``stratagem run`` reads."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stratagem import BadFile, ImageFiles, NotStorable, SpoiltImage, __version__, atomic, reason_of
from stratagem_plan_cache.coding import decoded, encoded


class PlanFiles(ImageFiles):
    """Files that end in ``.plan``."""

    def read(self, path: str) -> Mapping[str, Any]:
        try:
            content = decoded(Path(path).read_bytes())
        except OSError as error:
            raise BadFile(f"the file can't be opened: {reason_of(error)}", file=path) from error
        except SpoiltImage as error:
            raise BadFile(f"the plan can't be used: {error}", file=path, hint=_again(path)) from error
        if content.get("made_by") != _maker():
            what = f"the plan was made by {content.get('made_by')}, and this is {_maker()}"
            raise BadFile(what, file=path, hint=_again(path))
        image = content.get("image")
        if not isinstance(image, Mapping):
            raise BadFile("the plan can't be used: it holds none", file=path, hint=_again(path))
        return image

    def write(self, path: str, image: Mapping[str, Any]) -> None:
        try:
            raw = encoded({"made_by": _maker(), "image": image})
        except NotStorable as error:
            raise BadFile(f"the plan can't be written: {error}", file=path) from error
        atomic.write_bytes(Path(path), raw)


def _again(path: str) -> str:
    return f"Compile the workflow again: stratagem compile FILE -o {path}"


def _maker() -> str:
    return f"Stratagem {__version__} on {sys.implementation.cache_tag}"
