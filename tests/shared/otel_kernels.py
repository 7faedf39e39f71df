"""Kernels whose runs are traced."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from otlp_receiver import Receiver
from stratagem import Kernel, Pack, Plugin
from stratagem_otel import OtelPlugin, OtelSettings
from stratagem_testing import sample


def otel(receiver: Receiver, **settings: Any) -> OtelPlugin:
    """The plugin, sending to a receiver; no metrics unless they are asked for."""
    given = {"endpoint": receiver.url, "protocol": receiver.protocol, "metrics": "none", **settings}
    plugin = OtelPlugin(OtelSettings(**given))
    plugin.name = "otel"
    return plugin


@asynccontextmanager
async def traced(
    receiver: Receiver, *, packs: Iterable[Pack] = (), plugins: Iterable[Plugin] = (), **settings: Any
) -> AsyncIterator[Kernel]:
    """A kernel whose runs are sent to a receiver; when it is closed, all of them have arrived."""
    async with Kernel(packs=[sample, *packs], plugins=[otel(receiver, **settings), *plugins]) as kernel:
        yield kernel
