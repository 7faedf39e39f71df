"""Installed distributions that have only metadata: enough to check a config against."""

from pathlib import Path

import pytest

from made_distributions import Install, installer


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Installs a distribution beside core's own and gives the snapshot of both."""
    return installer(tmp_path / "site")
