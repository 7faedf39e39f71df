"""The strategies that the manual shows keep the contracts that the kit has for them."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from manual_blocks import DOCS
from manual_run import PageRun
from stratagem import Plugin, ResolverWrapper, hookimpl
from stratagem_node_cache import NodeCachePlugin
from stratagem_testing import RecorderContract, ResolverContract, SchedulerContract

PROMISES = [
    (contract, name)
    for contract in (SchedulerContract, ResolverContract, RecorderContract)
    for name in dir(contract)
    if name.startswith("test_")
]


def shown(module: Any, contract: type) -> Any:
    """The contract over what the page shows."""
    made: dict[type, dict[str, Any]] = {
        SchedulerContract: {"scheduler": lambda self: module.Newest()},
        ResolverContract: {"plugin": lambda self: module.CachePlugin()},
        RecorderContract: {"recorder": lambda self: module.Log()},
    }
    return type("Shown", (contract,), made[contract])()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize(("contract", "promise"), PROMISES)
def test_what_hooks_md_shows_keeps_its_contract(
    contract: type,
    promise: str,
    backend: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So that whoever copies it begins with something that is right."""
    page = PageRun(tmp_path, monkeypatch)
    page.run_all(DOCS / "hooks.md")
    check = getattr(shown(page.module, contract), promise)
    given = {"backend": backend, "caplog": caplog}
    check(**{name: given[name] for name in inspect.signature(check).parameters})


class _Lossy(ResolverWrapper):
    """Keeps for itself what a step's failure means."""

    def forget(self, step: Any, inputs: Any) -> None:
        """Tells nobody."""


class _LossyPlugin(Plugin):
    @hookimpl(wrapper=True)
    def resolve(self) -> Any:
        inner = yield
        return _Lossy(inner)


class _Cached(ResolverContract):
    def plugin(self) -> Plugin:
        return NodeCachePlugin()


class _LossyContract(ResolverContract):
    def plugin(self) -> Plugin:
        return _LossyPlugin()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_contract_catches_a_wrapper_that_does_not_hand_on_forget(backend: str) -> None:
    """One that does passes."""
    _Cached().test_a_wrapper_hands_on_all_that_it_is_asked(backend)
    with pytest.raises(AssertionError, match="neither remember nor forget was handed on for"):
        _LossyContract().test_a_wrapper_hands_on_all_that_it_is_asked(backend)
