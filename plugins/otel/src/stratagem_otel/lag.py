"""The lag of the event loop: what is due waits for what blocks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import create_task_group, current_time, sleep

from stratagem_otel.instruments import Instruments

EVERY = 0.5
"""Seconds."""


@asynccontextmanager
async def measured_lag(instruments: Instruments | None) -> AsyncIterator[None]:
    """While the context lasts, ``loop.lag`` is measured twice a second: how much later than due a task went on."""
    if instruments is None:
        yield
        return
    async with create_task_group() as group:
        group.start_soon(_measure, instruments)
        yield
        group.cancel_scope.cancel()


async def _measure(instruments: Instruments) -> None:
    while True:
        due = current_time() + EVERY
        await sleep(EVERY)
        instruments.record("loop.lag", max(0.0, current_time() - due), "s", {})
