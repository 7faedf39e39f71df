"""Finder: which browsers are on this machine. It looks, and never downloads."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from attrs import frozen

Source = Literal["setting", "playwright", "channel", "system"]

NAMES: Final = {
    "headless shell": ("chromium-headless-shell", "chrome-headless-shell", "headless_shell"),
    "full": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"),
}
"""The names of browsers on the search path of a system."""

CHANNELS: Final = {
    "chrome": {
        "linux": "/opt/google/chrome/chrome",
        "darwin": "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "win32": "Google/Chrome/Application/chrome.exe",
    },
    "msedge": {
        "linux": "/opt/microsoft/msedge/msedge",
        "darwin": "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "win32": "Microsoft/Edge/Application/msedge.exe",
    },
}
"""The paths to which the installers of Chrome and Edge put them; those that Playwright names channels."""

DOWNLOADED: Final = {
    True: ("chromium_headless_shell-*/*/chrome-headless-shell*", "chromium_headless_shell-*/*/headless_shell*"),
    False: ("chromium-[0-9]*/*/chrome", "chromium-[0-9]*/*/chrome.exe", "chromium-[0-9]*/*/*.app/Contents/MacOS/*"),
}
"""The paths at which Playwright keeps what ``playwright install`` has downloaded, by whether it is a headless shell."""

ADVICE: Final = (
    "Install one: 'apt-get install chromium-headless-shell' on Debian and Ubuntu, 'playwright install "
    "chromium-headless-shell' anywhere, or set executable_path or channel."
)


@frozen
class Found:
    """A browser: its file, who put it there, and whether it is a headless shell, which is quicker but shows no window."""

    path: str
    source: Source
    shell: bool


def browsers() -> Iterator[Found]:
    """Those of this machine: Playwright's own, installed Chrome and Edge, those of the system."""
    for shell in (True, False):
        for path in _downloaded(shell):
            yield Found(path, "playwright", shell)
    for channel in CHANNELS:
        installed = channel_path(channel)
        if installed is not None:
            yield Found(installed, "channel", False)
    for shell, names in ((True, NAMES["headless shell"]), (False, NAMES["full"])):
        for place in filter(None, map(shutil.which, names)):
            yield Found(place, "system", shell)


def best(*, headless: bool = True) -> Found | None:
    """The browser to use: the first headless shell if no window is wanted, else the first full one; None if none fits.

    A headless shell serves 4 to 8 times as many pages a second as the headless mode of a full Chromium.
    """
    found = list(browsers())
    if headless:
        found.sort(key=lambda each: not each.shell)
    return next((each for each in found if headless or not each.shell), None)


def channel_path(channel: str) -> str | None:
    """Return where the browser of a channel is installed; None if it isn't, or if nothing is known of the channel."""
    place = CHANNELS.get(channel, {}).get(sys.platform)
    if place is None:
        return None
    roots = filter(None, map(os.environ.get, ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")))
    paths = [Path(root, place) for root in roots] if sys.platform == "win32" else [Path(place)]
    return next((str(path) for path in paths if path.is_file()), None)


def _downloaded(shell: bool) -> list[str]:
    folder = _downloads()
    found = [path for pattern in DOWNLOADED[shell] for path in folder.glob(pattern) if os.access(path, os.X_OK)]
    return [str(path) for path in sorted(found, key=_revision, reverse=True) if path.is_file()]


def _revision(path: Path) -> int:
    """The number in ``chromium-1255``."""
    numbers = (part.rpartition("-")[2] for part in path.parts if part.startswith("chromium"))
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _downloads() -> Path:
    """The folder that ``playwright install`` fills."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        from importlib.util import find_spec

        spec = find_spec("playwright")
        roots = (spec.submodule_search_locations if spec is not None else None) or ["."]
        return Path(roots[0], "driver", "package", ".local-browsers")
    if chosen:
        return Path(chosen)
    return cache_folder() / "ms-playwright"


def cache_folder() -> Path:
    """Return where programs of this user keep what they can make again."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
