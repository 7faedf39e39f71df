"""The SDK's providers for one kernel, and how they are closed without keeping anybody waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.metrics import set_meter_provider
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from stratagem import BadValue, revealed
from stratagem_otel.durations import NODE_BOUNDS, RUN_BOUNDS, Durations
from stratagem_otel.environment import metrics_to, prometheus_of, queue_of, traces_to
from stratagem_otel.exporters import extra, metric_exporter, span_exporter
from stratagem_otel.ids import OwnRandomIds
from stratagem_otel.instruments import Instruments
from stratagem_otel.queue import CountingExporter, CountingProcessor, Tally
from stratagem_otel.readers import PeriodicReader, prometheus_reader, wants_delta
from stratagem_otel.settings import OtelSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader

log = logging.getLogger("stratagem.otel")

NAME = "stratagem"
SCOPE = InstrumentationScope(NAME, version("stratagem-kernel"))


class Telemetry:
    """Tracer, instruments and their ways out, as the settings say.

    Raises:
        PluginImportError: an extra is missing.
        BadValue: an environment variable or an address can't be used.
    """

    def __init__(self, settings: OtelSettings) -> None:
        self._settings = settings
        self._closing: list[Callable[[], object]] = []
        self._abandon: list[Callable[[], object]] = []
        self.tally = Tally()
        self._resource = _resource(settings)
        try:
            self.tracer = self._tracer() if traces_to(settings) == "otlp" else None
            self.instruments = self._instruments(metrics_to(settings))
        except BaseException:
            self.close()
            raise

    def _tracer(self) -> trace.Tracer:
        ratio = self._settings.sample_ratio
        sampler = None if ratio is None else ParentBased(TraceIdRatioBased(ratio))
        provider = TracerProvider(sampler, self._resource, shutdown_on_exit=False, id_generator=OwnRandomIds())
        exporter = CountingExporter(span_exporter(self._settings), self.tally)
        provider.add_span_processor(CountingProcessor(exporter, self.tally, *queue_of(self._settings)))
        if self._settings.global_provider:
            trace.set_tracer_provider(provider)
        self._closing.append(provider.shutdown)
        self._abandon.append(exporter.abandon)
        return provider.get_tracer(SCOPE.name, SCOPE.version)

    def _instruments(self, target: str) -> Instruments | None:
        if target == "none":
            return None
        delta = target == "otlp" and wants_delta()
        nodes = Durations("workflow.node.duration", "How long nodes took", NODE_BOUNDS, delta=delta)
        runs = Durations("workflow.run.duration", "How long runs took", RUN_BOUNDS, delta=delta)
        durations = (nodes, runs)
        reader = self._prometheus(durations) if target == "prometheus" else self._periodic(durations)
        # No exemplars: choosing them draws from the shared random numbers, see `OwnRandomIds`.
        provider = MeterProvider([reader], self._resource, AlwaysOffExemplarFilter(), shutdown_on_exit=False)
        if self._settings.global_provider:
            set_meter_provider(provider)
        self._closing.append(lambda: provider.shutdown(self._settings.flush_timeout * 1000 + 1))
        return Instruments(provider.get_meter(SCOPE.name, SCOPE.version), nodes, runs, self._settings.instruments)

    def _periodic(self, durations: Sequence[Durations]) -> MetricReader:
        exporter = metric_exporter(self._settings)
        return PeriodicReader(exporter, self._settings.metric_interval, durations, SCOPE)

    def _prometheus(self, durations: Sequence[Durations]) -> MetricReader:
        client: Any = extra("prometheus", "prometheus_client")
        host, port = prometheus_of(self._settings)
        registry = client.CollectorRegistry()
        reader = prometheus_reader(registry, durations, SCOPE)
        try:
            server, thread = client.start_http_server(port, host, registry)
        except OSError as error:
            what, hint = f"metrics can't be served at {host}:{port}: {error}", "Choose another address."
            raise BadValue(what, key="settings.otel.prometheus", hint=hint) from error

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        self._closing.append(stop)
        return reader

    def close(self) -> None:
        """Sends what waits, for no longer than ``flush_timeout``, and says how many spans were lost; it blocks."""
        deadline = monotonic() + self._settings.flush_timeout
        threads = [threading.Thread(target=_quietly, args=(each,), daemon=True) for each in self._closing]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))
        if any(thread.is_alive() for thread in threads):
            for abandon in self._abandon:
                _quietly(abandon)
        with self.tally.lock:
            dropped, late = self.tally.dropped, self.tally.undelivered + self.tally.waiting
        if dropped or late:
            log.warning(
                "%d spans were lost: %d dropped because more than [settings.otel] queue waited, %d that the receiver "
                "did not take in time",
                dropped + late,
                dropped,
                late,
            )


def check(settings: OtelSettings) -> str:
    """Return where things go, for those who ask; raises as `Telemetry` does, and sends nothing."""
    traces, metrics = traces_to(settings), metrics_to(settings)
    queue_of(settings)
    if traces == "otlp":
        span_exporter(settings).shutdown()
    if metrics == "otlp":
        metric_exporter(settings).shutdown()
    elif metrics == "prometheus":
        extra("prometheus", "opentelemetry.exporter.prometheus")
        host, port = prometheus_of(settings)
        metrics = f"http://{host}:{port}/metrics"
    return f"traces go to {traces}, metrics to {metrics}"


def _resource(settings: OtelSettings) -> Resource:
    """The SDK's own attributes, under what the environment says, under the settings."""
    given = {key: revealed(value) for key, value in settings.resource.items()}
    if settings.service_name:
        given[SERVICE_NAME] = settings.service_name
    found = Resource.create(given)
    name = str(found.attributes.get(SERVICE_NAME, ""))
    return found.merge(Resource({SERVICE_NAME: NAME})) if name.startswith("unknown_service") else found


def _quietly(call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        log.warning("closing OpenTelemetry's exporters has failed", exc_info=True)
