"""Stratagem's traces and metrics for OpenTelemetry: ``[plugins] use = ["otel"]``."""

from stratagem_otel.plugin import OtelPlugin
from stratagem_otel.settings import OtelSettings

__all__ = ["OtelPlugin", "OtelSettings"]
