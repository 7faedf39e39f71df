"""Parametrises tests by the files of the corpora; where those are absent, one case is skipped and says so."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from corpora import ABSENT


def each(paths: Iterable[Path]) -> list[Any]:
    """A parameter for each file, by its name."""
    found = [pytest.param(path, id=path.stem) for path in paths]
    return found or [pytest.param(Path(), id="absent", marks=pytest.mark.skip(reason=ABSENT))]
