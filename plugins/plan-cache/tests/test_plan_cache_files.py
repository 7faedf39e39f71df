"""Images as bytes: what was damaged is refused, whatever was done to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hypothesis_profiles import examples
from stratagem import BadFile, NotStorable, SpoiltImage
from stratagem_plan_cache.coding import HEADER, decoded, encoded
from stratagem_plan_cache.files import PlanFiles

CONTENT = {"key": "k", "image": {"plans": [{"graph": {"nodes": [["a", "x.y", {"v": 1}, 3]]}}]}}


def test_what_was_written_is_read() -> None:
    """The same values."""
    assert decoded(encoded(CONTENT)) == CONTENT


@settings(max_examples=examples(10_000))
@given(st.data())
def test_every_mutation_is_refused(data: st.DataObject) -> None:
    """One byte changed, in the header, in the checksum or in the content; or the end cut off, or something added."""
    raw = bytearray(encoded(CONTENT))
    match data.draw(st.sampled_from(["change", "cut", "add"])):
        case "change":
            at = data.draw(st.integers(0, len(raw) - 1))
            raw[at] ^= data.draw(st.integers(1, 255))
        case "cut":
            del raw[data.draw(st.integers(0, len(raw) - 1)) :]
        case _:
            raw += data.draw(st.binary(min_size=1, max_size=9))
    with pytest.raises(SpoiltImage):
        decoded(bytes(raw))


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    """Not even with a right checksum."""
    from stratagem_plan_cache.coding import MAGIC, VERSION, _checksum

    for each in (raw, MAGIC + VERSION + _checksum(raw) + raw):
        try:
            decoded(each)
        except SpoiltImage:
            continue
    assert len(MAGIC + VERSION) + 32 == HEADER


def test_values_without_a_form_are_named() -> None:
    """They are not written."""
    with pytest.raises(NotStorable, match="it can't be written"):
        encoded({"value": object()})


def test_a_file_of_another_sort_is_refused(tmp_path: Path) -> None:
    """With the file's name, and what to do."""
    path = tmp_path / "x.plan"
    path.write_text("nodes: []")
    with pytest.raises(BadFile) as found:
        PlanFiles().read(str(path))
    assert (found.value.file, "Compile the workflow again" in (found.value.hint or "")) == (str(path), True)
    with pytest.raises(BadFile, match="the file can't be opened"):
        PlanFiles().read(str(tmp_path / "none.plan"))


def test_a_plan_of_another_release_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says by whom it was made."""
    from stratagem_plan_cache import files

    path = tmp_path / "x.plan"
    monkeypatch.setattr(files, "__version__", "0.0.9")
    PlanFiles().write(str(path), {"plans": []})
    monkeypatch.undo()
    with pytest.raises(BadFile, match=r"made by Stratagem 0\.0\.9"):
        PlanFiles().read(str(path))
