"""Metric readers: the SDK's, joined by what is aggregated here, for a receiver of OTLP or for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from opentelemetry.sdk.environment_variables import OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricReader,
    MetricsData,
    PeriodicExportingMetricReader,
    ScopeMetrics,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from stratagem_otel.durations import Durations
from stratagem_otel.exporters import extra


def wants_delta() -> bool:
    """Return whether OTLP metrics are to tell only of what is new, by OpenTelemetry's environment variable."""
    preference = os.environ.get(OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE, "")
    return preference.strip().upper() in ("DELTA", "LOWMEMORY")


def with_durations(data: MetricsData, durations: Sequence[Durations], scope: InstrumentationScope) -> MetricsData:
    """The metrics of one collection, and the durations with them."""
    found = [metric for each in durations if (metric := each.collect()) is not None]
    if not found or not data.resource_metrics:
        return data
    first, *others = data.resource_metrics
    own = next((each for each in first.scope_metrics if each.scope == scope), ScopeMetrics(scope, [], ""))
    rest = [each for each in first.scope_metrics if each is not own]  # of one scope the encoder takes one alone
    scopes = [*rest, replace(own, metrics=[*own.metrics, *found])]
    return MetricsData([replace(first, scope_metrics=scopes), *others])


class PeriodicReader(PeriodicExportingMetricReader):
    """Sends metrics from time to time."""

    def __init__(
        self,
        exporter: MetricExporter,
        interval: float | None,
        durations: Sequence[Durations],
        scope: InstrumentationScope,
    ) -> None:
        self._durations, self._scope = durations, scope
        super().__init__(exporter, export_interval_millis=None if interval is None else interval * 1000)

    def _receive_metrics(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any) -> None:
        super()._receive_metrics(with_durations(metrics_data, self._durations, self._scope), timeout_millis, **kwargs)


def prometheus_reader(registry: Any, durations: Sequence[Durations], scope: InstrumentationScope) -> MetricReader:
    """Gives metrics to a registry of ``prometheus_client`` whenever they are asked for."""
    base: Any = extra("prometheus", "opentelemetry.exporter.prometheus").PrometheusMetricReader

    class PrometheusReader(base):  # type: ignore[misc]  # an extra, so only known when it is asked for
        def _receive_metrics(self, metrics_data: MetricsData, *args: Any, **kwargs: Any) -> None:
            super()._receive_metrics(with_durations(metrics_data, durations, scope), *args, **kwargs)

    reader: MetricReader = PrometheusReader(registry=registry)
    return reader
