"""Exporters for OTLP, over HTTP or gRPC; each protocol is an extra of this distribution."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from stratagem import PluginImportError, revealed
from stratagem_otel.environment import METRICS_PROTOCOL, TRACES_PROTOCOL, protocol_of
from stratagem_otel.settings import OtelSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.trace.export import SpanExporter

PACKAGES = {"http/protobuf": ("http", "opentelemetry.exporter.otlp.proto.http"), "grpc": ("grpc", "opentelemetry.exporter.otlp.proto.grpc")}  # fmt: skip


def span_exporter(settings: OtelSettings) -> SpanExporter:
    """Sends spans as the settings say; raises PluginImportError where the protocol's extra is not installed."""
    module, arguments = _chosen(settings, protocol_of(settings, TRACES_PROTOCOL), "trace_exporter", "v1/traces")
    return cast("SpanExporter", module.OTLPSpanExporter(**arguments))


def metric_exporter(settings: OtelSettings) -> MetricExporter:
    """Sends metrics as the settings say; raises PluginImportError where the protocol's extra is not installed."""
    module, arguments = _chosen(settings, protocol_of(settings, METRICS_PROTOCOL), "metric_exporter", "v1/metrics")
    return cast("MetricExporter", module.OTLPMetricExporter(**arguments))


def extra(name: str, module: str) -> Any:
    """A module that an extra of this distribution brings; raises PluginImportError where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        what = f"the extra {name!r} of stratagem-otel is not installed: {error}"
        raise PluginImportError(what, hint=f'Run: pip install "stratagem-otel[{name}]"') from error


def _chosen(settings: OtelSettings, protocol: str, module: str, path: str) -> tuple[Any, dict[str, Any]]:
    name, package = PACKAGES[protocol]
    found = extra(name, f"{package}.{module}")
    headers = {key.lower(): revealed(value) for key, value in settings.headers.items()}
    endpoint = settings.endpoint and revealed(settings.endpoint)
    if endpoint and protocol == "http/protobuf":
        endpoint = f"{endpoint.rstrip('/')}/{path}"
    return found, {"endpoint": endpoint, "headers": headers or None, "timeout": settings.timeout}
