"""The provider that the manual shows keeps the contract that it names."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from manual_blocks import DOCS
from manual_run import PageRun
from stratagem_testing import PoolContract

PROMISES = [name for name in dir(PoolContract) if name.startswith("test_")]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("promise", PROMISES)
def test_the_provider_of_the_manual_keeps_the_contract(
    backend: str, promise: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each promise, with real connections."""
    page = PageRun(tmp_path, monkeypatch)
    page.run_all(DOCS / "resources.md")
    contract: PoolContract = page.module.TestSqlite()
    contract.setup_method()  # type: ignore[attr-defined]  # the page's class has it
    check = getattr(contract, promise)
    check(
        **{"caplog": caplog, "backend": backend}
        if "caplog" in inspect.signature(check).parameters
        else {"backend": backend}
    )
