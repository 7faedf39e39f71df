"""Installed distributions that have only metadata: enough to check a config against."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stratagem.plugins import Installed

Install = Callable[..., Installed]

CORE = {
    "stratagem.compile": {"reference": "stratagem.builtin:reference_compile"},
    "stratagem.schedule": {"sequential": "stratagem.builtin:sequential_schedule"},
    "stratagem.resolve": {"plain": "stratagem.builtin:plain_resolve"},
}


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Installs a distribution beside core's own and gives the snapshot of both."""
    site = tmp_path / "site"
    _write(site, "stratagem-kernel", "0.1.0", CORE)

    def add(name: str = "", version: str = "1.0", points: Mapping[str, Mapping[str, str]] | None = None) -> Installed:
        if name:
            _write(site, name, version, points or {})
        return Installed([str(site)])

    return add


def _write(site: Path, name: str, version: str, points: Mapping[str, Mapping[str, str]]) -> None:
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    folder.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    lines = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in own.items()) for group, own in points.items()
    ]
    folder.joinpath("entry_points.txt").write_text("\n".join(lines), "utf-8")
