"""A folder of real distributions – modules and dist-info – that is first on the path."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from made_distributions import Site, kernel_site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site folder with core's own entry points."""
    yield from kernel_site(tmp_path / "site", monkeypatch)
