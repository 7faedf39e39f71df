"""The limits that a config sets."""

from __future__ import annotations

import pytest

from stratagem import ConfigError, Kernel, load_config


@pytest.mark.parametrize("limit", ["0", "-1", "true", "1.5", "nan", '"2"', "9" * 4_000])
@pytest.mark.parametrize("sort", ["types", "kinds", "groups"])
def test_a_limit_under_which_nothing_could_run_is_refused(sort: str, limit: str) -> None:
    """With its key: what waits for it would wait for ever."""
    with pytest.raises(ConfigError) as caught:
        Kernel(load_config(overrides=["strategy.schedule=dag", f"settings.dag.{sort}.x={limit}"], environ={}))
    assert (caught.value.key or "").startswith(f"settings.dag.{sort}")
    assert len(str(caught.value)) < 300
