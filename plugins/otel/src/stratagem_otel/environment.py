"""OpenTelemetry's environment variables, for where the settings say nothing, as far as the SDK does not read them."""

from __future__ import annotations

import os

from opentelemetry.sdk.environment_variables import (
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    OTEL_BSP_MAX_QUEUE_SIZE,
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL,
    OTEL_EXPORTER_OTLP_PROTOCOL,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL,
    OTEL_EXPORTER_PROMETHEUS_HOST,
    OTEL_EXPORTER_PROMETHEUS_PORT,
)

from stratagem import BadValue, shown
from stratagem_otel.settings import OtelSettings

QUEUE, BATCH = 32_768, 512
"""Spans: a run can end far more of them in five seconds than the 2,048 that the SDK would keep. So many are about 60 MB."""

TRACES_EXPORTER, METRICS_EXPORTER = "OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER"
TRACES_PROTOCOL, METRICS_PROTOCOL = OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, OTEL_EXPORTER_OTLP_METRICS_PROTOCOL


def traces_to(settings: OtelSettings) -> str:
    """``otlp`` or ``none``."""
    return settings.traces or _choice(TRACES_EXPORTER, "otlp", ("otlp", "none"))


def metrics_to(settings: OtelSettings) -> str:
    """``otlp``, ``prometheus`` or ``none``."""
    return settings.metrics or _choice(METRICS_EXPORTER, "otlp", ("otlp", "prometheus", "none"))


def protocol_of(settings: OtelSettings, variable: str) -> str:
    """``http/protobuf`` or ``grpc``; ``variable`` is the one for traces or for metrics alone."""
    protocols = ("http/protobuf", "grpc")
    general = OTEL_EXPORTER_OTLP_PROTOCOL
    return settings.protocol or _choice(variable if os.environ.get(variable) else general, protocols[0], protocols)


def queue_of(settings: OtelSettings) -> tuple[int, int]:
    """Return how many spans may wait, and how many are sent at once."""
    queue = settings.queue or _number(OTEL_BSP_MAX_QUEUE_SIZE, QUEUE)
    return queue, min(settings.batch or _number(OTEL_BSP_MAX_EXPORT_BATCH_SIZE, BATCH), queue)


def prometheus_of(settings: OtelSettings) -> tuple[str, int]:
    """Return where metrics are served: host and port."""
    if settings.prometheus is None:
        return os.environ.get(OTEL_EXPORTER_PROMETHEUS_HOST) or "localhost", _number(
            OTEL_EXPORTER_PROMETHEUS_PORT, 9464
        )
    host, _, port = settings.prometheus.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or len(port) > 5 or int(port) > 65_535:
        what = f"expected an address, got {settings.prometheus!r}"
        raise BadValue(what, key="settings.otel.prometheus", hint='Write it as "localhost:9464".')
    return host, int(port)


DIGITS = 12
"""Numbers of more digits are none that is meant."""


def _choice(variable: str, default: str, choices: tuple[str, ...]) -> str:
    found = os.environ.get(variable, "").strip() or default
    if found not in choices:
        what = f"expected {' or '.join(choices)} in the environment variable {variable}, got {shown(found)}"
        raise BadValue(what, hint="Set it to one of these; [settings.otel] may say it instead.")
    return found


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable, "").strip() or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        what = f"expected a whole number in the environment variable {variable}, got {shown(text)}"
        raise BadValue(what, hint=f"Set it to one of at most {DIGITS} digits, or unset it.")
    return int(text)
