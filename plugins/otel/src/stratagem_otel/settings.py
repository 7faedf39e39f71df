"""The settings ``[settings.otel]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen
from attrs.validators import and_, ge, gt, le, optional

from stratagem import Duration

Protocol = Literal["http/protobuf", "grpc"]
MetricsTo = Literal["otlp", "prometheus", "none"]
Instrument = Literal["counter", "gauge", "histogram"]


@frozen
class OtelSettings:
    """``[settings.otel]``: what is not set here is as OpenTelemetry's environment variables (``OTEL_…``) say.

    - ``traces``, ``metrics``: where they are sent.
    - ``endpoint``: the receiver's base URL, such as ``http://localhost:4318``; ``headers`` are sent along.
    - ``timeout``: for one export. ``flush_timeout``: how long a kernel that closes may wait for what is left.
    - ``service_name``, ``resource``: who sends, as the resource's attributes.
    - ``sample_ratio``: the share of runs that are traced, unless their caller has decided already.
    - ``queue``, ``batch``: how many spans may wait, and how many are sent at once.
    - ``max_spans``: a run with more steps has spans for its bodies and for groups of steps instead.
    - ``links``: how many of the steps that it depends on a step's span is linked with, at most.
    - ``propagate``: whether the trace is handed on to servers and processes.
    - ``global_provider``: whether libraries that ask OpenTelemetry for the global provider get this one.
    - ``metric_interval``: how often metrics are sent. ``prometheus``: where they are served, as ``host:port``.
    - ``node_metrics``: in which runs each node is timed, ``traced`` or ``all``.
    - ``instruments``: name patterns of measurements → what they are, in place of what their names tell.
    """

    traces: Literal["otlp", "none"] | None = None
    metrics: MetricsTo | None = None
    endpoint: str | None = None
    protocol: Protocol | None = None
    headers: Mapping[str, str] = field(factory=dict)
    timeout: Duration | None = field(default=None, validator=optional(gt(0)))
    flush_timeout: Duration = field(default=5.0, validator=ge(0))
    service_name: str | None = None
    resource: Mapping[str, str] = field(factory=dict)
    sample_ratio: float | None = field(default=None, validator=optional(and_(ge(0), le(1))))
    queue: int | None = field(default=None, validator=optional(ge(1)))
    batch: int | None = field(default=None, validator=optional(ge(1)))
    max_spans: int = field(default=5_000, validator=ge(1))
    links: int = field(default=16, validator=ge(0))
    propagate: bool = True
    global_provider: bool = False
    metric_interval: Duration | None = field(default=None, validator=optional(gt(0)))
    prometheus: str | None = None
    node_metrics: Literal["traced", "all"] | None = None
    instruments: Mapping[str, Instrument] = field(factory=dict)
