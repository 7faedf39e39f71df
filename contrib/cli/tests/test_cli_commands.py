"""Commands that installed distributions offer by ``stratagem.command``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., tuple[int, str, str]]

MODULE = """
import sys


def shelf(commands):
    size = commands.add("size", show, "tell how much is on the shelf")
    size.add_argument("--bytes", action="store_true")
    commands.add("late", "shelf_late:show", "import it when it is used", configured=False)


def show(arguments, console):
    from stratagem_cli import chosen_config

    console.print(f"{chosen_config(arguments, console).run.concurrency} {arguments.bytes}")
    return 3


number = 7
"""


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a distribution that offers commands."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "shelf_commands.py").write_text(MODULE, "utf-8")
    (site / "shelf_late.py").write_text(
        "def show(arguments, console):\n    console.print('late')\n    return 0\n", "utf-8"
    )
    (site / "shelf_broken.py").write_text("1 / 0\n", "utf-8")
    monkeypatch.syspath_prepend(site)

    def install(name: str, **commands: str) -> None:
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        lines = "".join(f"{command} = {target}\n" for command, target in commands.items())
        (info / "entry_points.txt").write_text(f"[stratagem.command]\n{lines}", "utf-8")

    return install


def test_a_command_of_a_plugin_is_carried_out(cli: Cli, offer: Callable[..., None]) -> None:
    """With the options of all commands and its own, and the exit code that it gives."""
    offer("shelving", shelf="shelf_commands:shelf")
    assert cli("shelf", "size", "--bytes", "--set", "run.concurrency=5")[:2] == (3, "5 True\n")
    assert cli("shelf", "late")[:2] == (0, "late\n")
    code, out, _ = cli("--help")
    assert code == 0
    assert "offered by shelving 1.0" in out


@pytest.mark.parametrize("target", ["shelf_broken:shelf", "shelf_gone:shelf", "shelf_commands:number"])
def test_a_command_that_cannot_be_used_names_who_offers_it(cli: Cli, offer: Callable[..., None], target: str) -> None:
    """Once, with exit code 2; all others work, and help is given."""
    offer("shelving", shelf=target)
    code, _, told = cli("shelf", "size")
    assert (code, told.count("shelving 1.0"), told.count("error: ")) == (2, 1, 1)
    assert cli("--help")[0] == cli("plugins", "list")[0] == 0


def test_a_command_that_two_offer_is_refused(cli: Cli, offer: Callable[..., None]) -> None:
    """Both are named; a command of the command line's own stays its own."""
    offer("shelving", shelf="shelf_commands:shelf", plugins="shelf_broken:x")
    offer("racks", shelf="shelf_commands:shelf")
    code, _, told = cli("shelf", "size")
    assert code == 2
    assert "the command 'shelf' is offered by racks 1.0 and shelving 1.0" in told
    assert cli("plugins", "list")[0] == 0
