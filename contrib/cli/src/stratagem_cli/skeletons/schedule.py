"""The skeleton of a plugin that answers ``schedule``: first come, first served."""

from stratagem_cli.skeletons.common import TESTING, plugin, pyproject, readme

_CODE = '''\
"""The schedule ``%NAME%``: first come, first served, as many steps at once as the run's concurrency allows."""

from collections import deque

from stratagem import Plugin, Run, Scheduler, StepRun, hookimpl


class FirstCome(Scheduler):
    """Starts steps in the order in which they became ready.

    A step that owns bodies is running while its bodies' steps are, so it takes none of the ``concurrency`` places: else
    it might wait for itself.
    """

    def __init__(self, concurrency: int) -> None:
        self._free = concurrency
        self._ready: deque[StepRun] = deque()

    def offer(self, step: StepRun) -> None:
        self._ready.append(step)

    def take(self) -> StepRun | None:
        for at, step in enumerate(self._ready):
            if step.step.composite or self._free > 0:
                del self._ready[at]
                self._free -= not step.step.composite
                return step
        return None

    def release(self, step: StepRun) -> None:
        self._free += not step.step.composite

    def waiting(self) -> int:
        return len(self._ready)


class %CLASS%Plugin(Plugin):
    """Answers ``schedule``: each run has a scheduler of its own."""

    @hookimpl
    def schedule(self, run: Run) -> Scheduler:
        """Return a scheduler for this run."""
        return FirstCome(run.options.concurrency)
'''

_TEST = '''\
"""The schedule keeps what schedulers promise, and the run's concurrency."""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import pytest
from stratagem import Kernel, Recorder, Scheduler, StepRun
from stratagem_testing import SchedulerContract, node, recorded, sample, workflow_of

from %PACKAGE% import FirstCome, %CLASS%Plugin


class TestContract(SchedulerContract):
    """The promises of every scheduler."""

    def scheduler(self) -> Scheduler:
        return FirstCome(concurrency=4)


class AtOnce(Recorder):
    """Counts the steps that run at once."""

    now = most = 0

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            yield
        finally:
            self.now -= 1


@pytest.mark.parametrize("concurrency", [1, 3])
def test_as_many_steps_run_at_once_as_the_run_allows(concurrency: int) -> None:
    """Of twelve steps that wait, never more and not always fewer."""
    counted = AtOnce()

    async def main() -> None:
        nodes = [node(f"n{i}", "sample.wait", {"seconds": 0.01}) for i in range(12)]
        plugins = [%CLASS%Plugin(), recorded(lambda: counted)]
        async with Kernel(plugins=plugins, packs=[sample]) as kernel:
            (await kernel.run(workflow_of(*nodes, concurrency=concurrency))).raise_for_error()

    anyio.run(main)
    assert counted.most == concurrency
'''

_CONFIG = """\
schema = 1

[strategy]
schedule = "%NAME%"

[run]
concurrency = 8
"""

_README = readme(
    "A schedule for Stratagem: first come, first served, within the run's concurrency. Other limits of workflows it leaves aside.",
    "schedule",
    _CONFIG,
)

FILES = plugin(
    _CODE,
    _TEST,
    _README,
    _CONFIG,
    pyproject("A schedule for Stratagem", "stratagem.schedule", "%CLASS%Plugin", tests=TESTING),
)
"""Path → text."""
