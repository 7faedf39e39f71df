"""The recorders keep the contract."""

from __future__ import annotations

from typing import ClassVar

import pytest

from otel_kernels import otel
from otlp_receiver import Receiver
from stratagem import Plugin
from stratagem_testing import RecorderContract


class Recording(RecorderContract):
    """Sends to a receiver."""

    settings: ClassVar[dict[str, object]] = {}

    @pytest.fixture(autouse=True)
    def _receive(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def plugin(self) -> Plugin:
        return otel(self.receiver, **self.settings)


class TestSpans(Recording):
    pass


class TestGroups(Recording):
    settings: ClassVar[dict[str, object]] = {"max_spans": 1}


class TestFewSpans(Recording):
    settings: ClassVar[dict[str, object]] = {"max_spans": 12}


class TestNotSampled(Recording):
    settings: ClassVar[dict[str, object]] = {"sample_ratio": 0.0}


class TestMetricsAlone(Recording):
    settings: ClassVar[dict[str, object]] = {"traces": "none", "metrics": "otlp"}


class TestEverything(Recording):
    settings: ClassVar[dict[str, object]] = {"metrics": "otlp", "node_metrics": "all"}
