"""Processes: finding those of a driver and of a browser, and ending them for certain."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from time import monotonic, sleep

import psutil

MIB = 1024 * 1024


def drivers() -> set[psutil.Process]:
    """The processes of Playwright's driver that this process has started."""
    return {child for child in psutil.Process().children() if _is_driver(child)}


def driver_of(browser: psutil.Process) -> psutil.Process | None:
    """The driver that has started a browser, directly or by a script."""
    with suppress(psutil.Error):
        return next(filter(_is_driver, browser.parents()), None)
    return None


def alive(process: psutil.Process) -> bool:
    """Return whether the process runs, and is no zombie."""
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


class Growth:
    """By how much a process has grown since it was first looked at."""

    def __init__(self) -> None:
        self.first = 0

    def of(self, process: psutil.Process) -> float:
        """MiB of memory that the process itself holds more than at first; 0 once it has ended."""
        with suppress(psutil.Error):
            now = int(process.memory_info().rss)
            self.first = self.first or now
            return (now - self.first) / MIB
        return 0.0


def profile_of(browser: psutil.Process) -> str | None:
    """The folder of a browser's profile."""
    prefix = "--user-data-dir="
    with suppress(psutil.Error):
        return next((arg[len(prefix) :] for arg in browser.cmdline() if arg.startswith(prefix)), None)
    return None


def group_of(browser: psutil.Process) -> int | None:
    """The process group that Playwright gives each browser; None where there are none, or if it is our own."""
    if sys.platform == "win32":
        return None
    with suppress(ProcessLookupError):
        group = os.getpgid(browser.pid)
        return group if group != os.getpgrp() else None
    return None


def kill(process: psutil.Process) -> None:
    """Ends one process, stopped or not."""
    with suppress(psutil.Error):
        process.kill()


def kill_all(browser: psutil.Process, group: int | None) -> None:
    """Ends a browser and all that it has started, stopped or not."""
    if group is not None and sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        return
    with suppress(psutil.Error):
        for child in browser.children(recursive=True):
            kill(child)
    kill(browser)


def wait_gone(process: psutil.Process, limit: float) -> bool:
    """Blocks until the process has ended, be it as a zombie; gives whether it has, within ``limit`` seconds."""
    until = monotonic() + limit
    while alive(process):
        if monotonic() > until:
            return False
        sleep(0.01)
    return True


def _is_driver(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return "run-driver" in process.cmdline()
    return False
