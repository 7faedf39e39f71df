"""The limits that a config sets."""

from __future__ import annotations

import logging

import anyio
import pytest

from stratagem import ConfigError, Kernel, load_config
from stratagem_dag import DagPlugin, DagSettings
from stratagem_testing import node, sample, workflow_of


@pytest.mark.parametrize("limit", ["0", "-1", "true", "1.5", "nan", '"2"', "9" * 4_000])
@pytest.mark.parametrize("sort", ["types", "kinds", "groups"])
def test_a_limit_under_which_nothing_could_run_is_refused(sort: str, limit: str) -> None:
    """With its key: what waits for it would wait for ever."""
    with pytest.raises(ConfigError) as caught:
        Kernel(load_config(overrides=["strategy.schedule=dag", f"settings.dag.{sort}.x={limit}"], environ={}))
    assert (caught.value.key or "").startswith(f"settings.dag.{sort}")
    assert len(str(caught.value)) < 300


def test_a_limit_of_a_node_type_that_there_is_not_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    """With the type that is meant, or those that are known."""
    types = {"sample.wait": 1, "sample.wiat": 1, "smaple.wait": 1}

    async def main() -> None:
        async with Kernel(plugins=[DagPlugin(DagSettings(types=types))], packs=[sample]) as kernel:
            for _ in range(2):
                (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()

    with caplog.at_level(logging.WARNING):
        anyio.run(main)
    first, second = caplog.messages
    assert first == "[settings.dag] types: the pack 'sample' has no node 'wiat'. Did you mean 'wait'?"
    assert second.startswith("[settings.dag] types: ")
    assert "'smaple'" in second
    assert "Did you mean 'sample'?" in second
