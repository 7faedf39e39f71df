"""The end of a process whose command is done, whatever goes on in threads.

Python waits at its end for every thread that is no daemon, such as those of anyio and asyncio in which a node has left
a function that never returns. A command that is done must end all the same.
"""

import asyncio
import atexit
import gc
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any, NoReturn

GRACE = 5.0
"""Seconds that threads get to end by themselves."""


class LeavingExecutor(ThreadPoolExecutor):
    """The threads of asyncio itself, which an event loop that closes does not wait for."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Start no further calls; those that run are left, whoever asks to wait."""
        super().shutdown(wait=False, cancel_futures=True)


def leave_threads_of_asyncio() -> None:
    """Have the running event loop end although functions run in its own threads; nothing to do on trio."""
    try:
        asyncio.get_running_loop().set_default_executor(LeavingExecutor(thread_name_prefix="asyncio"))
    except RuntimeError:  # trio, whose threads are daemons
        return


def end_process(code: int) -> int:
    """Give the exit code back to a process that can end by itself; end it here where threads would keep it."""
    gc.freeze()  # the collections of a process that ends look for garbage in all that it has imported
    if not _other_threads():
        return code
    ends = monotonic() + GRACE
    try:
        for thread in _other_threads():
            thread.join(max(0.0, ends - monotonic()))
    except KeyboardInterrupt:
        code = code or 130
    if left := sorted({thread.name for thread in _other_threads()}):
        _leave(code, left)
    return code


def _leave(code: int, names: list[str]) -> NoReturn:
    """End at once, as nothing else ends a thread; what is done at the end of every process is done before."""
    print(f"warning: threads still run, and are left behind: {', '.join(names)}", file=sys.stderr)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        _flush(stream)
    os._exit(code)


def _flush(stream: Any) -> None:
    try:
        stream.flush()
    except (OSError, ValueError, AttributeError):  # nobody listens, or there is no stream at all
        return


def _other_threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if not each.daemon and each is not threading.main_thread()]
