"""Formats of installed distributions: real metadata in a folder on the path."""

import sys
from pathlib import Path

import pytest

from stratagem.errors import PluginImportError
from stratagem.formats import Document, read_workflow
from stratagem.formats.offered import offered_formats
from stratagem.plugins.discovery import Installed

MODULE = """
from stratagem.formats import Format
from stratagem.model import Workflow

class Lines(Format):
    name, suffixes, syntax = "lines", (".lines",), "lines"
    def parse(self, raw, source):
        from stratagem.formats import Document
        return Document(raw.decode().splitlines())
    def recognises(self, head):
        return True
    def read(self, document, source):
        return Workflow(name=document.data[0], source=source)

lines = Lines()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """A distribution with one format that works, one that raises when imported, and one that is none."""
    (tmp_path / "made_up_lines.py").write_text(MODULE)
    (tmp_path / "made_up_broken.py").write_text("raise RuntimeError('no')")
    info = tmp_path / "made_up-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made-up\nVersion: 1.2\n")
    offers = ("lines = made_up_lines:lines", "broken = made_up_broken:x", "wrong = made_up_lines:MODULE_NAME")
    (info / "entry_points.txt").write_text("[stratagem.format]\n" + "\n".join(offers))
    (tmp_path / "made_up_lines.py").write_text(MODULE + "MODULE_NAME = __name__\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "made_up_lines", raising=False)
    return Installed([str(tmp_path)])


def test_a_format_is_imported_when_it_is_first_asked(installed: Installed, tmp_path: Path) -> None:
    """A file that a builtin format recognises needs no other."""
    formats = offered_formats(installed)
    assert [known.name for known in formats] == ["json", "yaml", "broken", "lines", "wrong"]
    (tmp_path / "a.yaml").write_text("nodes: []")
    (tmp_path / "a.lines").write_text("first\nsecond")
    assert read_workflow(tmp_path / "a.yaml", formats).nodes == {}
    assert "made_up_lines" not in sys.modules
    assert read_workflow(tmp_path / "a.lines", formats).name == "first"


@pytest.mark.parametrize("name", ["broken", "wrong"])
def test_a_format_that_is_broken_is_told_only_where_it_is_named(
    installed: Installed, name: str, tmp_path: Path
) -> None:
    """Files of other formats are read all the same; the error names the distribution."""
    (tmp_path / "a.lines").write_text("first")
    formats = offered_formats(installed)
    assert read_workflow(tmp_path / "a.lines", formats).name == "first"
    with pytest.raises(PluginImportError) as caught:
        read_workflow(tmp_path / "a.lines", formats, name)
    assert caught.value.provider == "made-up 1.2"


def test_a_broken_format_stands_in_the_list_of_those_known(installed: Installed, tmp_path: Path) -> None:
    """So that nobody looks for it in vain."""
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(Exception, match=r"broken \(not to be had\), lines \(\.lines\)"):
        read_workflow(tmp_path / "a.txt", offered_formats(installed))


def test_a_broken_format_recognises_nothing(installed: Installed) -> None:
    """Asking it raises nothing either."""
    broken = offered_formats(installed)[2]
    assert broken.recognises(Document({})) is False
    assert broken.suffixes == ()
