"""The contract of a recorder."""

from __future__ import annotations

import logging

import pytest

from stratagem import Plugin, Recorder, Retry
from stratagem_testing.answers import recorded, scheduled
from stratagem_testing.build import graph_of, node, workflow_of
from stratagem_testing.contracts.shared import assert_like_the_reference, on_both_loops, run_on
from stratagem_testing.greedy import AnyReady


class RecorderContract:
    """Override `recorder`, which makes one for each run; or `plugin`, where making one takes more than that."""

    def recorder(self) -> Recorder:
        """A new recorder, as the plugin would answer with."""
        raise NotImplementedError("override recorder, or plugin")

    def plugin(self) -> Plugin:
        """A new plugin that answers with the recorder."""
        return recorded(self.recorder)

    @on_both_loops
    def test_a_run_that_is_recorded_gives_what_it_gives_alone(
        self, backend: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It looks on from beside the path, and raises nothing: the kernel would say so and leave it out."""
        assert_like_the_reference(backend, [self.plugin()])
        assert_not_broken(caplog)

    @on_both_loops
    def test_it_bears_every_end_of_a_step(self, backend: str, caplog: pytest.LogCaptureFixture) -> None:
        """Done, failed, skipped, tried again, timed out and cancelled; in bodies, and many at once."""
        body = graph_of(node("in", "sample.wait", {"seconds": 0.002}))
        workflow = workflow_of(
            node("loop", "sample.each", {"items": [1, 2, 3], "concurrency": 3}, bodies={"body": body}),
            node("skipped", "sample.value", when="false"),
            node("failed", "sample.fail", on_error="continue"),
            node("again", "sample.flaky", {"failures": 1}, retry=Retry(2, 0.0)),
            node("late", "sample.wait", {"seconds": 9.0}, timeout=0.002, on_error="continue"),
            node("cancelled", "sample.wait", {"seconds": 60.0}),
            node("fatal", "sample.fail", {"seconds": 0.05}),
        )
        result = run_on(backend, workflow, [self.plugin(), scheduled(AnyReady)])
        assert result.status == "failed"
        assert result.steps["cancelled"] == 1
        assert_not_broken(caplog)


def assert_not_broken(caplog: pytest.LogCaptureFixture) -> None:
    """The kernel has not had to leave a recorder out."""
    warnings = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert not [text for text in warnings if "recorder" in text]
