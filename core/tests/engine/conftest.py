"""What tests of the engine share."""

from __future__ import annotations

import pytest

from stratagem import Plugin
from stratagem_testing import AnyReady, scheduled


@pytest.fixture(params=["sequential", "at-once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """Each test holds on the sequential schedule, and on one that starts whatever is ready."""
    return [scheduled(lambda: AnyReady(8))] if request.param == "at-once" else []
