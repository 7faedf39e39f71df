"""A receiver of OTLP on loopback: opentelemetry-proto's own service, over HTTP and over gRPC."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc  # type: ignore[import-untyped]  # it has no annotations
from attrs import define, field, frozen
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import (
    MetricsServiceServicer,
    add_MetricsServiceServicer_to_server,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue


@frozen(eq=False)
class Event:
    """An event of a span."""

    name: str
    attributes: dict[str, Any]


@frozen(eq=False)
class Span:
    """A span as it was received: ids are in hexadecimal, times in nanoseconds since 1970."""

    name: str
    trace: str
    id: str
    parent: str
    begun: int
    ended: int
    attributes: dict[str, Any]
    events: tuple[Event, ...]
    links: tuple[tuple[str, str], ...]
    status: int
    message: str
    resource: dict[str, Any]
    scope: tuple[str, str]


@frozen(eq=False)
class Point:
    """A point of a metric: ``value`` of a number, else ``count``, ``total``, ``bounds`` and ``buckets`` of a histogram."""

    name: str
    unit: str
    kind: str
    attributes: dict[str, Any]
    value: float = 0.0
    count: int = 0
    total: float = 0.0
    bounds: tuple[float, ...] = ()
    buckets: tuple[int, ...] = ()


@define(eq=False)
class Receiver:
    """What was received, in the order it came. ``before`` is called first for each request."""

    url: str = ""
    protocol: str = "http/protobuf"
    spans: list[Span] = field(factory=list)
    points: list[Point] = field(factory=list)
    headers: list[dict[str, str]] = field(factory=list)
    before: Callable[[], object] = lambda: None
    stop: Callable[[], None] = lambda: None
    lock: threading.Lock = field(factory=threading.Lock)

    def names(self) -> Counter[str]:
        """Return how many spans have which name."""
        return Counter(span.name for span in self.spans)

    def one(self, name: str, **attributes: Any) -> Span:
        """The only span with a name, and with these attributes (dots written as two underscores)."""
        found = self.all(name, **attributes)
        assert len(found) == 1, f"{len(found)} spans {name!r} {attributes} among {self.names()}"
        return found[0]

    def all(self, name: str, **attributes: Any) -> list[Span]:
        """All spans with a name and attributes, by their begin."""
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}
        found = [each for each in self.spans if each.name == name and wanted.items() <= each.attributes.items()]
        return sorted(found, key=lambda span: span.begun)

    def node(self, id_: str) -> Span:
        """The only span of a node."""
        found = [each for each in self.spans if each.attributes.get("workflow.node.id") == id_]
        assert len(found) == 1, f"{len(found)} spans of {id_!r} among {self.names()}"
        return found[0]

    def metric(self, name: str, **attributes: Any) -> Point:
        """The last point of a metric with these attributes."""
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}
        found = [each for each in self.points if each.name == name and wanted.items() <= each.attributes.items()]
        assert found, f"no {name!r} {wanted} among {sorted({each.name for each in self.points})}"
        return found[-1]

    def take_spans(self, request: ExportTraceServiceRequest, headers: dict[str, str]) -> None:
        """Takes a request in."""
        with self.lock:
            self.headers.append(headers)
            for each in request.resource_spans:
                for scope in each.scope_spans:
                    named = (scope.scope.name, scope.scope.version)
                    resource = _plain(each.resource.attributes)
                    self.spans += [_span(span, resource, named) for span in scope.spans]

    def take_metrics(self, request: ExportMetricsServiceRequest, headers: dict[str, str]) -> None:
        """Takes a request in."""
        with self.lock:
            self.headers.append(headers)
            for each in request.resource_metrics:
                for scope in each.scope_metrics:
                    for metric in scope.metrics:
                        self.points += _points(metric)


def _span(span: Any, resource: dict[str, Any], scope: tuple[str, str]) -> Span:
    return Span(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _plain(span.attributes),
        tuple(Event(event.name, _plain(event.attributes)) for event in span.events),
        tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        span.status.code,
        span.status.message,
        resource,
        scope,
    )


def _points(metric: Any) -> list[Point]:
    kind = metric.WhichOneof("data")
    found = []
    for point in getattr(metric, kind).data_points:
        attributes = _plain(point.attributes)
        if kind == "histogram":
            buckets = tuple(point.bucket_counts)
            told: dict[str, Any] = {"count": point.count, "total": point.sum, "buckets": buckets}
            told["bounds"] = tuple(point.explicit_bounds)
        else:
            told = {"value": getattr(point, point.WhichOneof("value"))}
        found.append(Point(metric.name, metric.unit, kind, attributes, **told))
    return found


def _plain(attributes: Any) -> dict[str, Any]:
    return {each.key: _value(each) for each in attributes}


def _value(each: KeyValue) -> Any:
    which = each.value.WhichOneof("value")
    return None if which is None else getattr(each.value, which)


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    """Listens for OTLP over HTTP while the context lasts."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            receiver.before()
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path == "/v1/traces":
                receiver.take_spans(ExportTraceServiceRequest.FromString(body), headers)
            elif self.path == "/v1/metrics":
                receiver.take_metrics(ExportMetricsServiceRequest.FromString(body), headers)
            else:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """One who has gone away in the middle is no error of the test."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    once = threading.Lock()

    def stop() -> None:
        if once.acquire(blocking=False):
            server.shutdown()
            server.server_close()
            thread.join()

    receiver.stop = stop
    try:
        yield receiver
    finally:
        stop()


@contextmanager
def grpc_receiver() -> Iterator[Receiver]:
    """Listens for OTLP over gRPC while the context lasts."""
    receiver = Receiver(protocol="grpc")

    class Traces(TraceServiceServicer):
        def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the service's name
            receiver.before()
            receiver.take_spans(request, dict(context.invocation_metadata()))
            return ExportTraceServiceResponse()

    class Metrics(MetricsServiceServicer):
        def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the service's name
            receiver.before()
            receiver.take_metrics(request, dict(context.invocation_metadata()))
            return ExportMetricsServiceResponse()

    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool)
        add_TraceServiceServicer_to_server(Traces(), server)  # type: ignore[no-untyped-call]  # generated code
        add_MetricsServiceServicer_to_server(Metrics(), server)  # type: ignore[no-untyped-call]  # generated code
        receiver.url = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        receiver.stop = lambda: server.stop(0).wait()
        try:
            yield receiver
        finally:
            receiver.stop()
