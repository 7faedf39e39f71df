"""What the tests of the plugin share: kernels that send to a receiver on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import context

from otlp_receiver import Receiver, grpc_receiver, http_receiver


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the machine's own settings."""
    import os

    for name in [name for name in os.environ if name.startswith("OTEL_") or name in ("TRACEPARENT", "TRACESTATE")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _context_is_left() -> Iterator[None]:
    """Whatever is attached is detached again."""
    before = context.get_current()
    yield
    assert context.get_current() == before


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of OTLP over HTTP."""
    with http_receiver() as found:
        yield found


@pytest.fixture(params=["http/protobuf", "grpc"])
def either(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    """A receiver of each protocol."""
    make: Any = {"http/protobuf": http_receiver, "grpc": grpc_receiver}[request.param]
    with make() as found:
        yield found
