"""Findings about browsers on this machine, for ``stratagem plugins doctor``."""

from __future__ import annotations

from collections.abc import Iterator

from stratagem import Finding, ResourceUnavailable
from stratagem_browser.finder import ADVICE, best, browsers
from stratagem_browser.keys import Launch
from stratagem_browser.launching import launch_options, may_sandbox
from stratagem_browser.settings import BrowserSettings

SLOW = "A headless shell serves 4 to 8 times as many pages a second. " + ADVICE


def examine(settings: BrowserSettings, subject: str) -> Iterator[Finding]:
    """Findings about the browser that would be launched, and others that are there."""
    try:
        options = launch_options(settings, Launch(settings.headless, settings.channel))
    except ResourceUnavailable as error:
        yield Finding("error", subject, error.what, error.hint or ADVICE)
        return
    path = options.get("executable_path")
    chosen = settings.executable_path is not None or settings.channel is not None
    if path is None:
        what = f"the channel {settings.channel!r} is not known here: whether it is there, shows when it is launched"
        yield Finding("warning", subject, what)
    elif chosen:
        yield Finding("ok", subject, f"the browser is {path}, as it is set")
    else:
        yield from _found(settings, subject)
    if settings.sandbox is None and not may_sandbox():
        yield Finding("ok", subject, "browsers run without Chromium's sandbox, which refuses to work for root")


def _found(settings: BrowserSettings, subject: str) -> Iterator[Finding]:
    found = best(headless=settings.headless)
    assert found is not None  # there is one to launch
    others = [each.path for each in browsers() if each.path != found.path]
    rest = f"; there are also {', '.join(others)}" if others else ""
    what = f"the browser is {found.path} ({'headless shell' if found.shell else 'full'}, of {found.source}){rest}"
    if settings.headless and not found.shell:
        yield Finding("warning", subject, what, SLOW)
    else:
        yield Finding("ok", subject, what)
