"""The browser is found among those that are there, in an order that is told; none is ever downloaded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from page_pool import NO_BROWSER
from stratagem import ResourceUnavailable
from stratagem_browser import BrowserSettings, PlaywrightPlugin, best, browsers
from stratagem_browser.keys import Launch
from stratagem_browser.launching import launch_options, may_sandbox

HEADLESS = Launch(headless=True, channel=None)


class Machine:
    """A machine that has what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, place: str) -> str:
        """A program at this place."""
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return str(path)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without any browser."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    channel = {sys.platform: str(tmp_path / "opt" / "chrome")}
    monkeypatch.setattr("stratagem_browser.finder.CHANNELS", {"chrome": channel})
    return Machine(tmp_path)


def test_playwrights_own_comes_before_channels_before_the_systems(machine: Machine) -> None:
    """Of full browsers that are there."""
    system = machine.has("bin/chromium")
    channel = machine.has("opt/chrome")
    own = machine.has("playwright/chromium-1255/chrome-linux64/chrome")
    assert [(each.path, each.source) for each in browsers()] == [
        (own, "playwright"),
        (channel, "channel"),
        (system, "system"),
    ]
    found = best()
    assert found is not None
    assert found.path == own


def test_a_headless_shell_comes_first_where_no_window_is_wanted(machine: Machine) -> None:
    """Wherever it is from, because it is several times as quick; with a window it is of no use."""
    full = machine.has("opt/chrome")
    shell = machine.has("bin/chromium-headless-shell")
    without, with_window = best(), best(headless=False)
    assert without is not None
    assert with_window is not None
    assert (without.path, without.shell) == (shell, True)
    assert (with_window.path, with_window.shell) == (full, False)


def test_the_newest_of_playwrights_own_comes_first(machine: Machine) -> None:
    """By the number of its revision."""
    machine.has("playwright/chromium_headless_shell-999/chrome-headless-shell-linux64/chrome-headless-shell")
    newer = machine.has("playwright/chromium_headless_shell-1255/chrome-headless-shell-linux64/chrome-headless-shell")
    found = best()
    assert found is not None
    assert found.path == newer


def test_a_file_that_can_not_be_run_is_no_browser(machine: Machine) -> None:
    """Nor is a folder of that name."""
    path = Path(machine.has("playwright/chromium-1255/chrome-linux64/chrome"))
    path.chmod(0o644)
    (machine.folder / "bin" / "chromium").mkdir(parents=True)
    assert best() is None


def test_no_browser_is_an_error_that_says_what_to_do(machine: Machine) -> None:
    """For a window, that none of those that are there can show one."""
    with pytest.raises(ResourceUnavailable) as caught:
        launch_options(BrowserSettings(), HEADLESS)
    assert "there is no browser on this machine" in str(caught.value)
    machine.has("bin/chromium-headless-shell")
    with pytest.raises(ResourceUnavailable) as caught:
        launch_options(BrowserSettings(), Launch(headless=False, channel=None))
    assert "there is no browser that can show a window on this machine" in str(caught.value)


def test_a_setting_comes_before_what_is_found(machine: Machine) -> None:
    """A path must be there; a channel that is not known is left to Playwright."""
    machine.has("bin/chromium-headless-shell")
    chrome = machine.has("opt/chrome")
    own = machine.has("mine/browser")
    assert launch_options(BrowserSettings(executable_path=Path(own)), HEADLESS)["executable_path"] == own
    assert launch_options(BrowserSettings(), Launch(True, "chrome"))["executable_path"] == chrome
    assert launch_options(BrowserSettings(), Launch(True, "chrome-beta"))["channel"] == "chrome-beta"
    with pytest.raises(ResourceUnavailable) as caught:
        launch_options(BrowserSettings(executable_path=machine.folder / "none"), HEADLESS)
    assert "there is no browser at" in str(caught.value)


def test_the_sandbox_is_left_out_for_root_alone(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the settings say otherwise."""
    machine.has("bin/chromium")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert may_sandbox()
    assert launch_options(BrowserSettings(), HEADLESS)["chromium_sandbox"] is True
    assert launch_options(BrowserSettings(sandbox=False), HEADLESS)["chromium_sandbox"] is False
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert launch_options(BrowserSettings(), HEADLESS)["chromium_sandbox"] is False


def test_the_doctor_tells_which_browser_is_used(machine: Machine) -> None:
    """That there is none, that a headless shell would be quicker, or that all is well."""
    none = next(iter(PlaywrightPlugin().doctor()))
    machine.has("bin/chromium")
    slow = next(iter(PlaywrightPlugin().doctor()))
    machine.has("bin/chromium-headless-shell")
    quick = next(iter(PlaywrightPlugin().doctor()))
    assert [none.level, slow.level, quick.level] == ["error", "warning", "ok"]
    assert "4 to 8 times as many pages" in slow.hint
    assert "headless shell, of system); there are also" in quick.what


def test_the_doctor_tells_what_is_set(machine: Machine) -> None:
    """A channel, a path, a path that is not there."""
    path = Path(machine.has("mine/browser"))
    whats = [
        next(iter(PlaywrightPlugin(settings).doctor())).what
        for settings in (
            BrowserSettings(executable_path=path),
            BrowserSettings(channel="chrome-canary"),
            BrowserSettings(executable_path=machine.folder / "none"),
        )
    ]
    assert whats[0] == f"the browser is {path}, as it is set"
    assert whats[1].startswith("the channel 'chrome-canary' is not known here")
    assert whats[2].startswith("there is no browser at")


@pytest.mark.skipif(best() is None, reason=NO_BROWSER)
def test_what_is_found_here_is_a_program() -> None:
    """The browser of this very machine."""
    found = best()
    assert found is not None
    assert os.access(found.path, os.X_OK)
