"""Functions that were left behind: how many there may be."""

from __future__ import annotations

import threading

import anyio
import pytest

from stratagem import Pack
from stratagem._engine import services as offload
from stratagem._engine.services import Offload
from stratagem.errors import RunError

pytestmark = pytest.mark.anyio

pack = Pack("left")
RELEASE = threading.Event()


@pack.node()
def waits() -> bool:
    return RELEASE.wait(30)


async def test_functions_that_were_left_take_no_places_but_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others run beside them until there are too many."""
    monkeypatch.setattr(offload, "THREADS", 2)
    monkeypatch.setattr(offload, "LEFT", 3)
    RELEASE.clear()
    under_test, spec = Offload(), pack.spec("waits", 1)
    try:
        for _ in range(5):
            with anyio.move_on_after(0.02):
                await under_test.call(spec, spec.handler, {})
        with pytest.raises(RunError, match="more than 3 functions run on in threads"):
            await under_test.call(spec, spec.handler, {})
    finally:
        RELEASE.set()
    await under_test.close(5)
    assert await under_test.call(spec, spec.handler, {}) is True


async def test_the_grace_of_a_function_begins_when_it_was_left(caplog: pytest.LogCaptureFixture) -> None:
    """A kernel that closes long after waits no more."""
    RELEASE.clear()
    under_test, spec = Offload(), pack.spec("waits", 1)
    try:
        with anyio.move_on_after(0.02):
            await under_test.call(spec, spec.handler, {})
        await anyio.sleep(0.3)
        begun = anyio.current_time()
        await under_test.close(0.3)
        assert anyio.current_time() - begun < 0.2
        assert "left.waits@1 still runs in a thread" in caplog.text
    finally:
        RELEASE.set()
