"""The skeleton of a plugin that answers ``record_metric``: it warns of slow steps."""

from stratagem_cli.skeletons.common import TESTING, plugin, pyproject, readme

_CODE = '''\
"""The plugin ``%NAME%``: reports steps that take long."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import ClassVar

from attrs import frozen
from stratagem import Duration, Plugin, Recorder, Run, StepRun, hookimpl

log = logging.getLogger("%PACKAGE%")


@frozen
class %CLASS%Settings:
    """``[settings.%NAME%]``: a step that takes longer than ``limit`` is reported."""

    limit: Duration = 1.0


class SlowSteps(Recorder):
    """Warns of steps that take longer than ``limit`` seconds."""

    def __init__(self, limit: float) -> None:
        self.limit = limit

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        begun = perf_counter()
        try:
            yield
        finally:
            seconds = perf_counter() - begun
            if seconds > self.limit:
                log.warning("the node '%s' took %.3f s", step.way, seconds)


class %CLASS%Plugin(Plugin):
    """Answers ``record_metric``: every run is watched."""

    Settings: ClassVar[type[%CLASS%Settings]] = %CLASS%Settings

    @hookimpl
    def record_metric(self, run: Run) -> Recorder:
        """Return a recorder for this run."""
        return SlowSteps(self.settings.limit)
'''

_TEST = '''\
"""The plugin reports slow steps, and no others, and keeps what recorders promise."""

import logging

import anyio
import pytest
from stratagem import Kernel, Node, Pack, Plugin, Workflow
from stratagem_testing import RecorderContract

from %PACKAGE% import %CLASS%Plugin, %CLASS%Settings

pack = Pack("test")


class TestContract(RecorderContract):
    """The promises of every recorder."""

    def plugin(self) -> Plugin:
        return %CLASS%Plugin()


@pack.node()
async def wait(seconds: float) -> None:
    """Waits."""
    await anyio.sleep(seconds)


async def run_with(limit: float) -> None:
    """Runs a step of a hundredth of a second."""
    plugin = %CLASS%Plugin(%CLASS%Settings(limit=limit))
    async with Kernel(plugins=[plugin], packs=[pack]) as kernel:
        result = await kernel.run(Workflow({"slow": Node("slow", "test.wait", {"seconds": 0.01})}))
        result.raise_for_error()


@pytest.mark.parametrize(("limit", "reports"), [(0.0, 1), (60.0, 0)])
def test_slow_steps_are_reported(limit: float, reports: int, caplog: pytest.LogCaptureFixture) -> None:
    """A step that takes longer than the limit is reported once, by its id."""
    with caplog.at_level(logging.WARNING):
        anyio.run(run_with, limit)
    assert [message.startswith("the node 'slow' took") for message in caplog.messages] == [True] * reports
'''

_CONFIG = """\
schema = 1

[plugins]
use = ["%NAME%"]

[settings.%NAME%]
limit = "500ms"
"""

_README = readme(
    "A plugin for Stratagem: reports steps that take long.",
    "record_metric",
    _CONFIG,
)

FILES = plugin(
    _CODE,
    _TEST,
    _README,
    _CONFIG,
    pyproject("A plugin for Stratagem", "stratagem.plugin", "%CLASS%Plugin", "attrs>=24.2", tests=TESTING),
)
"""Path → text."""
