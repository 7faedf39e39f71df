"""``stratagem cache``: what plugins keep from one run to the next."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from stratagem import CacheControl, Plugin

Cli = Callable[..., tuple[int, str, str]]

MODULE = """
from pathlib import Path
from stratagem import Plugin
from stratagem.plugins.base import CacheControl


class Lines(CacheControl):
    name = "lines"
    place = "kept.txt"

    def stats(self):
        lines = Path(self.place).read_text().splitlines()
        return {"entries": len(lines), "bytes": 12345, "types": {line: 1 for line in lines}, "none": {}}

    def clear(self):
        count = self.stats()["entries"]
        Path(self.place).write_text("")
        return count

    def close(self):
        with open("closed.txt", "a") as file:
            file.write("closed ")


class Keeping(Plugin):
    def caches(self):
        return [Lines()]
"""


@pytest.fixture
def keeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution with a plugin that keeps lines, in a folder whose config uses it."""
    site = tmp_path / "site"
    info = site / "keeping-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "keeping_plugin.py").write_text(MODULE, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: keeping\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[stratagem.plugin]\nkeeping = keeping_plugin:Keeping\n", "utf-8")
    monkeypatch.syspath_prepend(site)
    (tmp_path / "stratagem.toml").write_text('schema = 1\n[plugins]\nuse = ["keeping"]\n', "utf-8")
    (tmp_path / "kept.txt").write_text("one\ntwo\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize("more", [(), ("keeping",)])
def test_the_caches_of_the_plugins_in_use_are_shown_and_emptied(cli: Cli, keeping: Path, more: tuple[str, ...]) -> None:
    """All, or those of one plugin; each is closed."""
    shown = "keeping lines: kept.txt\n  entries  2\n  bytes    12,345\n  types    one 1, two 1\n"
    assert cli("cache", "stats", *more) == (0, shown, "")
    assert cli("cache", "clear", *more) == (0, "keeping lines: 2 entries dropped from kept.txt\n", "")
    assert (keeping / "kept.txt").read_text() == ""
    assert (keeping / "closed.txt").read_text() == "closed closed "


def test_a_plugin_that_keeps_nothing_can_not_be_asked(cli: Cli, keeping: Path) -> None:
    """The nearest name that does is told."""
    code, out, err = cli("cache", "clear", "kepping")
    assert (code, out) == (2, "")
    assert "no plugin 'kepping' in use keeps a cache. Did you mean 'keeping'?" in err


@pytest.mark.parametrize("command", ["stats", "clear"])
def test_without_a_cache_what_to_do_is_told(cli: Cli, command: str) -> None:
    """Nothing is imported to find that out but what the config uses."""
    code, out, err = cli("cache", command)
    assert (code, out) == (2, "")
    assert "no plugin in use keeps a cache from one process to the next" in err
    assert "[plugins] use" in err


def test_a_cache_has_to_say_all_three() -> None:
    """What it holds, how it is emptied, and how it is let go."""

    class Half(CacheControl):
        def stats(self) -> Mapping[str, Any]:
            return {}

    with pytest.raises(TypeError):
        Half()  # type: ignore[abstract]  # that is what is tried
    assert list(Plugin().caches()) == []
