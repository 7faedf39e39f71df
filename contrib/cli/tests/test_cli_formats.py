"""The formats that installed distributions offer: one that is broken harms no other."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stratagem import BadFile, Format, PluginImportError, read_workflow
from stratagem.formats.native import json_format, yaml_format
from stratagem.formats.offered import offered_formats
from stratagem.hosting import Installed, format_findings

LINES = """
from stratagem.formats.base import Format
from stratagem.model import Node, Workflow


class Lines(Format):
    name = "lines"
    suffixes = (".lines",)

    def parse(self, raw, source):
        return raw.decode().split()

    def recognises(self, head):
        return True

    def read(self, document, source):
        return Workflow({id_: Node(id_, "std.log") for id_ in document}, source=source)


lines = Lines()
number = 3
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path in which formats are installed; what is imported from it is forgotten."""
    folder = tmp_path / "formats"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (folder / "cli_lines.py").write_text(LINES, "utf-8")
    (folder / "cli_raises.py").write_text("raise OSError('no disk')", "utf-8")
    yield folder
    sys.modules.pop("cli_lines", None)


def offered(site: Path, **points: str) -> Installed:
    """What is installed when one distribution offers these formats."""
    info = site / "cli_formats-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cli-formats\nVersion: 1.0\n", "utf-8")
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[stratagem.format]\n{lines}", "utf-8")
    return Installed([str(site)])


def only(formats: list[Format]) -> Format:
    """The one format besides core's own, which come first."""
    assert formats[:2] == [json_format, yaml_format]
    (other,) = formats[2:]
    return other


def test_formats_of_distributions_come_after_our_own(site: Path) -> None:
    """A file is read by the format that its suffix names."""
    formats = offered_formats(offered(site, lines="cli_lines:lines"))
    (site / "flow.lines").write_text("a b", "utf-8")
    assert only(formats).name == "lines"
    assert list(read_workflow(site / "flow.lines", formats).nodes) == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("cli_raises:x", "OSError: no disk"),
        ("cli_lines:number", "expected a Format at "),
        ("cli_lines:other", "AttributeError"),
        ("cli_lines:lines", "the format 'lines' is offered under the name 'odd'"),
    ],
)
def test_a_broken_format_is_told_and_harms_no_other(
    site: Path, caplog: pytest.LogCaptureFixture, value: str, told: str
) -> None:
    """The log warns with the distribution; native files are read; naming the format raises what is wrong with it."""
    (site / "flow.json").write_text('{"nodes": []}', "utf-8")
    formats = offered_formats(offered(site, odd=value))
    assert read_workflow(site / "flow.json", formats).nodes == {}
    assert not caplog.messages
    with caplog.at_level(logging.WARNING), pytest.raises(PluginImportError) as caught:
        read_workflow(site / "flow.json", formats, "odd")
    assert caught.value.provider == "cli-formats 1.0"
    (warning,) = caplog.messages
    assert warning.startswith("the format 'odd' can't be used: ")
    assert told in warning
    assert "cli-formats 1.0" in warning


def test_a_broken_format_recognises_no_file(site: Path) -> None:
    """A file that nothing else reads is refused as one that no format reads."""
    (site / "flow.odd").write_text("", "utf-8")
    formats = offered_formats(offered(site, odd="cli_raises:x"))
    with pytest.raises(BadFile) as caught:
        read_workflow(site / "flow.odd", formats)
    assert caught.value.what.startswith("no format reads files that end in '.odd'")


def test_a_second_offer_of_a_core_format_is_there_for_who_names_it(site: Path) -> None:
    """Core's own reads the files all the same, and the name alone stands for it."""
    own = site / "stratagem_kernel-0.1.0.dist-info"
    own.mkdir()
    (own / "METADATA").write_text("Metadata-Version: 2.1\nName: stratagem-kernel\nVersion: 0.1.0\n", "utf-8")
    (own / "entry_points.txt").write_text("[stratagem.format]\njson = stratagem.formats.native:json_format\n", "utf-8")
    (site / "flow.json").write_text('{"nodes": []}', "utf-8")
    formats = offered_formats(offered(site, json="cli_lines:lines"))
    assert [known.name for known in formats] == ["json", "yaml", "cli-formats:json"]
    assert read_workflow(site / "flow.json", formats).nodes == {}
    assert read_workflow(site / "flow.json", formats, "json").nodes == {}
    with pytest.raises(PluginImportError, match="is offered under the name 'json'"):
        read_workflow(site / "flow.json", formats, "cli-formats:json")


def test_the_doctor_is_told_of_formats(site: Path) -> None:
    """Of those of others; core's own are not in question."""
    findings = list(format_findings(offered(site, lines="cli_lines:lines", odd="cli_raises:x")))
    assert [(each.level, each.subject) for each in findings] == [("ok", "lines"), ("error", "odd")]
