"""Records of earlier runs that were spoilt: told of once and left out; they end no run, and no command with a traceback."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import error_of
from hypothesis_profiles import examples
from mutations import Mutator
from stratagem_report.compare import comparison
from stratagem_report.learn import usual_times
from stratagem_report.page import page
from stratagem_report.reading import read_record
from stratagem_report.shelf import Shelf
from stratagem_report.short import short
from stratagem_testing import node, workflow_of

Recorded = Any

LINES: list[dict[str, Any]] = [
    {"k": "run", "record": 1, "run": "ab12", "workflow": "w", "file": None, "digest": "d", "started": "2026-01-02T03:04:05.000+00:00",
     "places": 2, "scheduler": "dag", "resolver": "plain", "python": "3.11", "platform": "linux"},
    {"k": "node", "n": 0, "id": "a", "type": "s.a", "cost": 1.0, "needs": [], "by": "s 1", "at": [1, 2], "kinds": ["page"], "revised": ["x"]},
    {"k": "node", "n": 1, "id": "l", "type": "s.each", "cost": 1.0, "needs": [0], "composite": True},
    {"k": "node", "n": 2, "id": "b", "type": "s.a", "cost": 1.0, "needs": [], "body": "body", "owner": 1},
    {"k": "node", "n": 3, "id": "z", "type": "s.a", "cost": 1.0, "needs": [1], "disabled": True},
    {"k": "begin", "x": 1, "n": 0, "t": 0.1},
    {"k": "event", "x": 1, "n": 0, "t": 0.2, "what": "lease", "with": {"kind": "page", "waited": 0.05}},
    {"k": "event", "x": 1, "n": 0, "t": 0.2, "what": "artifact", "with": {"path": "a.png", "kind": "screenshot"}},
    {"k": "end", "x": 1, "t": 0.3, "how": "failed", "error": "ValueError: x"},
    {"k": "begin", "x": 2, "n": 0, "t": 0.4, "try": 2},
    {"k": "end", "x": 2, "t": 0.5},
    {"k": "begin", "x": 3, "n": 1, "t": 0.5},
    {"k": "begin", "x": 4, "n": 2, "t": 0.6, "of": 3, "pass": 0},
    {"k": "event", "x": 4, "n": 2, "t": 0.6, "what": "remembered", "with": {}},
    {"k": "end", "x": 4, "t": 0.7},
    {"k": "begin", "x": 5, "n": 2, "t": 0.7, "of": 3, "pass": 1},
    {"k": "end", "x": 5, "t": 0.8},
    {"k": "end", "x": 3, "t": 0.9},
    {"k": "skip", "n": 3, "t": 1.0},
    {"k": "over", "t": 1.1, "status": "done", "result": "aa", "variables": {"v": "bb"}, "dropped": 0, "places": 2,
     "metrics": {"cache.requests{hit=True}": {"unit": "", "count": 1, "total": 1.0, "last": 1.0, "least": 1.0, "greatest": 1.0}}},
]  # fmt: skip
NAME = "20260102T030405-ab12.jsonl"


def text_of(lines: list[Any]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def run_of(name: str) -> Any:
    return SimpleNamespace(workflow=SimpleNamespace(source=None, name=name))


def look_at(file: Path) -> None:
    """Everything that is made of a record."""
    record = read_record(file)
    short(record)
    page(record)
    json.dumps(comparison(record, record).as_data(), allow_nan=False)


def test_the_record_that_is_mutated_is_a_good_one(tmp_path: Path) -> None:
    """Whole, and with something of every sort in it."""
    (tmp_path / NAME).write_bytes(text_of(LINES))
    record = read_record(tmp_path / NAME)
    assert (record.torn, record.damaged, record.status, len(record.executions)) == (0, False, "done", 4)
    look_at(tmp_path / NAME)
    assert error_of(lambda: usual_times(Shelf(tmp_path).records(), run_of("w"), 2, 5)) is None


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(150))
def test_a_mutated_record_is_read_or_told_of_once(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It ends no run that would learn from it, and gives a page, a summary and a comparison, or a BadFile."""
    mutator = Mutator(seed)
    folder = tmp_path_factory.getbasetemp() / "records"
    folder.mkdir(exist_ok=True)
    data = mutator.value(LINES) if mutator.random.random() < 0.6 else LINES
    raw = text_of(data if isinstance(data, list) else [data])
    (folder / NAME).write_bytes(raw if data is not LINES else mutator.raw(raw))
    with warnings_of_reports() as told:
        assert error_of(lambda: usual_times(Shelf(folder).records(), run_of("w"), 2, 5)) is None
    assert len(told) <= 1
    error_of(lambda: look_at(folder / NAME))


class warnings_of_reports(logging.Handler):  # noqa: N801 - used as a context manager alone
    """Collects what is warned of while it lasts."""

    def __enter__(self) -> list[str]:
        self.found: list[str] = []
        logging.getLogger("stratagem.report").addHandler(self)
        return self.found

    def __exit__(self, *_: object) -> None:
        logging.getLogger("stratagem.report").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


def put(folder: Path, *contents: bytes) -> None:
    """Records of runs ab12, ab13 and so on."""
    folder.mkdir()
    for number, content in enumerate(contents, 12):
        (folder / NAME.replace("ab12", f"ab{number}")).write_bytes(content)


SPOILT = {
    "binary": os.urandom(5_000),
    "text": b"nothing of ours\n",
    "a list": b"[1]\n",
    "a huge number": b'{"k":"run","places":' + b"9" * 400 + b"}\n",
    "deep": b"[" * 100_000,
    "a spoilt line in the middle": text_of([*LINES[:6], "x", *LINES[6:]]),
    "seconds that are none": text_of([*LINES[:5], {"k": "begin", "x": 1, "n": 0, "t": 10**400}, *LINES[6:]]),
}


@pytest.mark.anyio
@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
async def test_a_spoilt_record_ends_no_run(
    content: bytes, run_recorded: Recorded, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning names it; the run is recorded as any other."""
    put(folder, content, content)
    workflow = workflow_of(node("a", "sample.value"), name="w")
    result, record = await run_recorded(workflow)
    told = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert result.status == record.status == "done"
    assert len(told) == 1
    assert NAME.replace("ab12", "ab13") in told[0]
    assert "nor can 1 others beside it" in told[0]


@pytest.mark.anyio
async def test_a_record_that_was_cut_off_is_none_that_was_spoilt(
    run_recorded: Recorded, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that was killed leaves half a line; one that has only begun leaves nothing."""
    put(folder, text_of(LINES[:8])[:-20], b"")
    await run_recorded(workflow_of(node("a", "sample.value"), name="w"))
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_among_the_records_is_none(tmp_path: Path) -> None:
    """Nobody waits for it, and it is no picture either."""
    os.mkfifo(tmp_path / NAME)
    assert Shelf(tmp_path).records() == []
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "r.jsonl").write_bytes(text_of(LINES))
    record = read_record(tmp_path / "r.jsonl")
    record.executions[0].how = "failed"
    page(record, tmp_path)


def test_a_number_of_runs_ago_has_few_digits(tmp_path: Path) -> None:
    """More are no number of runs."""
    error = error_of(lambda: Shelf(tmp_path).find("last-" + "9" * 5_000))
    assert error is not None
    assert "there is no record" in error.what
