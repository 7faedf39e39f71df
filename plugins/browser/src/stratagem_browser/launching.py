"""Launching: which browser is launched, and with which options."""

from __future__ import annotations

import os
from typing import Any, Final

from stratagem import ResourceUnavailable
from stratagem_browser.finder import ADVICE, best, channel_path
from stratagem_browser.keys import Launch
from stratagem_browser.settings import BrowserSettings

ARGS: Final = (
    "--disable-quic",  # UDP is often dropped where pages are automated, and each first request then waits for it
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--no-pings",
)
"""Beside those that Playwright gives, which already stop most of what a browser does by itself."""


def launch_options(settings: BrowserSettings, wanted: Launch) -> dict[str, Any]:
    """Options of `BrowserType.launch`; raises ResourceUnavailable where there is no such browser."""
    sandbox = may_sandbox() if settings.sandbox is None else settings.sandbox
    options: dict[str, Any] = {"args": [*ARGS, *settings.args], "chromium_sandbox": sandbox}
    if settings.executable_path is not None:
        return {**options, "executable_path": _existing(settings)}
    if wanted.channel is not None:
        path = channel_path(wanted.channel)
        return {**options, **({"channel": wanted.channel} if path is None else {"executable_path": path})}
    found = best(headless=wanted.headless)
    if found is None:
        which = "browser" if wanted.headless else "browser that can show a window"
        raise ResourceUnavailable(f"there is no {which} on this machine", retryable=False, hint=ADVICE)
    return {**options, "executable_path": found.path}


def may_sandbox() -> bool:
    """Return whether Chromium's sandbox can work: it refuses to for root."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


def _existing(settings: BrowserSettings) -> str:
    path = settings.executable_path
    assert path is not None  # who calls has looked
    if not path.is_file():
        raise ResourceUnavailable(f"there is no browser at {str(path)!r}", retryable=False, hint="Set executable_path.")
    return str(path)
