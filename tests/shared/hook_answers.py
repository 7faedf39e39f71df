"""Plugins that answer hooks in ways that tests can tell apart."""

from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import pytest

from stratagem import (
    HookMisuse,
    Plugin,
    ResourceProvider,
    ResourceRequest,
    Scheduler,
    SequentialScheduler,
    StepRun,
    hookimpl,
)
from stratagem.builtin import plain_resolve, reference_compile, sequential_schedule
from stratagem.hosting import Hooks

RUN: Any = object()
"""A run: hooks hand it on without touching it."""


class Named(SequentialScheduler):
    """A scheduler that remembers who made it."""

    def __init__(self, *made_by: str) -> None:
        super().__init__()
        self.made_by = made_by


class Base(Plugin):
    """Answers schedule."""

    @hookimpl
    def schedule(self, run: Any) -> Scheduler | None:
        return Named(self.name)


class Wrapping(Plugin):
    """Notes its name around what lies inside."""

    @hookimpl(wrapper=True)
    def schedule(self) -> Generator[None, Named, Named]:
        inner = yield
        return Named(self.name, *inner.made_by)


class Provider(ResourceProvider):
    """Provides what its plugin says."""

    def __init__(self, by: str, kind: str) -> None:
        self.by, self.kind = by, kind

    def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
        return nullcontext()


class Providing(Plugin):
    """Provides every kind it is asked for."""

    @hookimpl
    def acquire_resource(self, kind: str) -> ResourceProvider | None:
        return Provider(self.name, kind)


def named(plugin: Plugin, name: str, kinds: tuple[str, ...] = (), version: str = "1.0") -> Plugin:
    """The plugin as the loader would leave it."""
    plugin.name, plugin.distribution, plugin.kinds = name, f"{name}-dist {version}", kinds
    return plugin


def core() -> list[Plugin]:
    """Core's own plugins, named."""
    return [named(reference_compile(), "reference"), named(sequential_schedule(), "sequential"),
            named(plain_resolve(), "plain")]  # fmt: skip


def made_by(hooks: Hooks) -> tuple[str, ...]:
    """Through whose hands the scheduler went."""
    scheduler = hooks.schedule(RUN)
    assert isinstance(scheduler, Named)
    return scheduler.made_by


def misuse(*plugins: Plugin) -> HookMisuse:
    """The error that these plugins give when the kernel starts."""
    with pytest.raises(HookMisuse) as caught:
        Hooks(plugins)
    return caught.value
