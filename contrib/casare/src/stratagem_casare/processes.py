"""Programs that a flow runs: with a time limit, and gone with all that they have started when their step is."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process
from attrs import frozen


@frozen
class Finished:
    """The end of a program: its exit code and what it wrote, undecodable bytes replaced."""

    code: int
    stdout: str
    stderr: str


async def run_program(
    command: str | Sequence[str],
    *,
    timeout: float,
    folder: Path,
    given: bytes = b"",
    capture: bool = True,
    variables: Mapping[str, str] | None = None,
) -> Finished:
    """Runs a program to its end; a ``command`` that is a text is run by the shell. ``timeout`` is in seconds.
    ``variables`` are added to its environment.

    Raises:
        TimeoutError: it took longer; it is stopped.
        OSError: it can't be started.
    """
    try:
        with anyio.fail_after(timeout):
            return await _run(command, folder, given, capture, {**os.environ, **(variables or {})})
    except TimeoutError:
        raise TimeoutError(f"it took longer than {timeout:g} s") from None


async def _run(
    command: str | Sequence[str], folder: Path, given: bytes, capture: bool, environment: Mapping[str, str]
) -> Finished:
    out = subprocess.PIPE if capture else subprocess.DEVNULL
    # A session of its own, so that what the program starts can be stopped with it.
    process = await anyio.open_process(
        command,
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=out,
        cwd=folder,
        env=environment,
        start_new_session=os.name == "posix",
    )
    said: dict[str, bytes] = {}
    try:
        async with anyio.create_task_group() as streams:
            streams.start_soon(_feed, process, given)
            streams.start_soon(_read, process.stdout, said, "stdout")
            streams.start_soon(_read, process.stderr, said, "stderr")
        code = await process.wait()
    finally:
        with anyio.CancelScope(shield=True):
            _stop(process)
            await process.aclose()
    return Finished(code, *(said.get(name, b"").decode(errors="replace") for name in ("stdout", "stderr")))


async def _feed(process: Process, given: bytes) -> None:
    assert process.stdin is not None  # it was opened as a pipe
    with suppress(anyio.BrokenResourceError, BrokenPipeError):  # the program need not read it
        await process.stdin.send(given)
    await process.stdin.aclose()


async def _read(stream: Any, said: dict[str, bytes], name: str) -> None:
    if stream is not None:
        said[name] = b"".join([part async for part in stream])


def _stop(process: Process) -> None:
    """Ends the program, and what it has started and left behind."""
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
