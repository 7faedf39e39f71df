"""The given cases: workflows that once failed, hung, or said the wrong thing."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from given_cases import DAG, Ended, case_server, command, execute, needs_cases, prepared

pytestmark = [needs_cases, pytest.mark.slow]

SEQUENTIAL = '[strategy]\nschedule = "sequential"\n'


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The cases' own server."""
    with case_server() as found:
        yield found


def result_of(ended: Ended) -> Any:
    """What a run's ``--json`` says its result is."""
    return json.loads(ended.text[ended.text.index("{") :])["result"]


RESULTS: dict[str, Any] = {
    "07-byte-order-mark.yaml": [["id", "name"], {"a": 1}, {"a": 1}, ["id", "name"]],
    "09-json-lines.yaml": [2, [1, 2]],
    "10-csv-large-cell.yaml": [1, 1],
    "12-number-too-large.yaml": ["refused", "refused", "int"],
    "13-query-is-rewritten.yaml": ["/p?flag&y=%20z", {"a": 1}],
    "15-title-case.yaml": ["O'neill's Café, Don't Stop"] * 2,
}


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("config", [DAG, SEQUENTIAL], ids=["dag", "sequential"])
def test_a_case_gives_its_result(name: str, config: str, port: int, tmp_path: Path) -> None:
    """What the case says is right, on both schedules."""
    ended = command("run", "--json", "--quiet", prepared(name, tmp_path, port), folder=tmp_path, config=config)
    assert result_of(ended) == RESULTS[name]


ENGINE = (
    "fail_fast_leak",
    "timeout_on_loop",
    "try_timeout",
    "cancel_subflow",
    "hang_group",
    "hang_types",
    "stall_group",
)


@pytest.mark.parametrize("name", ENGINE)
@pytest.mark.parametrize("config", [DAG, SEQUENTIAL], ids=["dag", "sequential"])
def test_a_case_of_the_engine_ends_done(name: str, config: str, tmp_path: Path) -> None:
    """In well under a second after its waits, on both schedules."""
    ended = command("run", prepared(f"engine/{name}.yaml", tmp_path), folder=tmp_path, config=config, limit=10)
    assert ended.code == 0, ended.text
    assert "done: " in ended.text
    assert ended.seconds < 5


def test_a_zone_name_is_read_or_refused(tmp_path: Path) -> None:
    """Greenwich's own name is not dropped."""
    ended = command("run", "--json", "--quiet", prepared("08-zone-name-is-dropped.yaml", tmp_path), folder=tmp_path)
    right = ["2024-01-31T09:30:00+00:00", "2024-01-31T04:30:00-05:00", "2024-07-01T11:30:00+02:00"]
    assert "%Z" in ended.text if ended.code else result_of(ended) == right


def test_days_and_months_keep_the_time_of_day_of_a_named_zone(tmp_path: Path) -> None:
    """A text tells an offset alone, so the zone is an input."""
    case = prepared("14-day-over-clock-change.yaml", tmp_path)
    case.write_text(re.sub("(days|months): 1", r"\1: 1, timezone: Europe/Berlin", case.read_text()))
    ended = command("run", "--json", "--quiet", case, folder=tmp_path)
    assert result_of(ended) == ["2024-03-31T09:30:00+02:00", "2024-04-30T09:30:00+02:00"]


def test_no_form_of_a_secret_is_printed(port: int, tmp_path: Path) -> None:
    """Neither plain, nor escaped, nor with the line end of the file it came from."""
    for name, token in (
        ("03-secret-with-line-end-is-printed.yaml", "tok-0123456789\n"),
        ("03b-secret-with-quote-is-printed.yaml", "it's\"mine"),
    ):
        case = prepared(name, tmp_path, port)
        for options in ([], ["--json"], ["--debug", "--verbose"], ["--log-format", "json"], ["--report", "page.html"]):
            text = command("run", *options, case, folder=tmp_path, TOKEN=token).text
            page = tmp_path / "page.html"
            text += page.read_text() if page.exists() else ""
            assert token.strip() not in text
            assert token.strip()[4:] not in text


def test_what_is_parsed_out_of_a_secret_stays_secret(tmp_path: Path) -> None:
    """Parts of JSON and of CSV."""
    case = prepared("hostile/creds.yaml", tmp_path)
    creds, table = '{"user": "ada", "password": "hunter2-correct-horse"}', "ada,swordfish-battery\n"
    ended = command("run", "--json", case, folder=tmp_path, CREDS=creds, TABLE=table)
    assert ended.code == 0, ended.text
    assert "hunter2" not in ended.text
    assert "swordfish" not in ended.text


def test_a_time_limit_ends_a_function_that_runs_on_the_loop(tmp_path: Path) -> None:
    """A backtracking pattern, or a value that is counted out, ends with its own limit or is refused at once."""
    for name in ("05-time-limit-of-pure-node.yaml", "hostile/redos.yaml", "hostile/round.yaml", "hostile/sample.yaml"):
        ended = command("run", prepared(name, tmp_path), folder=tmp_path, limit=10)
        assert ended.seconds < 5, name
        assert ended.code in (0, 1), ended.text
        assert "Traceback" not in ended.text


def test_special_files_are_written_into(tmp_path: Path) -> None:
    """A device and a fifo are what they were; a file that standard output goes to keeps every line."""
    os.mkfifo(tmp_path / "pipe")
    case = prepared("06-special-files-are-replaced.yaml", tmp_path)
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        command("run", case, folder=tmp_path)
        assert os.read(reader, 10).strip() == b"1"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    case = prepared("06b-stdout-into-a-file.yaml", tmp_path)
    program = f"(echo before; {sys.executable} -m stratagem run {case.name}; echo after) > all.log 2>&1"
    execute(["sh", "-c", program], tmp_path)
    lines = (tmp_path / "all.log").read_text().splitlines()
    assert lines[0] == "before"
    assert lines[-1] == "after"
    assert {"hello", "[first] first", "[last] last"} <= set(lines)


def test_cookies_survive_a_redirect_and_are_told_apart(port: int, tmp_path: Path) -> None:
    """The server sees the given cookie at the place that it sends to."""
    ended = command(
        "run", "--json", "--quiet", prepared("11-cookie-and-redirect.yaml", tmp_path, port), folder=tmp_path
    )
    moved, two = result_of(ended)
    assert moved["cookie"] == "user=1"
    assert "sid=abc" in str(two)
    assert "theme=dark" in str(two)
    assert isinstance(two, list)


def test_a_late_step_is_told_and_counted(tmp_path: Path) -> None:
    """Although the run goes on after it."""
    ended = command("run", prepared("17-late-step.yaml", tmp_path), folder=tmp_path)
    assert "time limit of 0.05 s" in ended.text
    assert "1 failed" in ended.text


def test_place_and_provider_are_told_once(tmp_path: Path) -> None:
    """In one message."""
    ended = command("run", "--quiet", prepared("18-said-twice.yaml", tmp_path), folder=tmp_path)
    assert ended.text.count("18-said-twice.yaml") == 1, ended.text
    assert ended.text.count("stratagem-std") == 1, ended.text


def test_names_that_templates_cannot_say_are_warned_of(tmp_path: Path) -> None:
    """By check: a minus in it, or a word of the language."""
    ended = command("check", prepared("19-names-that-templates-cannot-say.yaml", tmp_path), folder=tmp_path)
    assert "a-b" in ended.text
    assert "'in'" in ended.text


def test_number_nodes_go_on_without_outputs(tmp_path: Path) -> None:
    """As the other data nodes of the dialect do."""
    assert command("run", prepared("20-math-of-text.json", tmp_path), folder=tmp_path).code == 0


def test_ten_requests_at_once_take_no_longer(port: int, tmp_path: Path) -> None:
    """Than one after the other; what is made once for all of them is made by one."""
    case = prepared("21-ten-requests-at-once.yaml", tmp_path, port)
    times = {
        config: min(command("run", "--quiet", case, folder=tmp_path, config=config).seconds for _ in range(3))
        for config in (DAG, SEQUENTIAL)
    }
    assert times[DAG] < 1.1 * times[SEQUENTIAL]


@pytest.mark.parametrize("name", ["hostile/bomb_compare.yaml", "hostile/bomb_json.yaml"])
def test_values_that_share_themselves_are_bounded(name: str, tmp_path: Path) -> None:
    """Whoever walks them stops."""
    for options in ([], ["--json"], ["--report", "page.html"]):
        ended = command("run", *options, prepared(name, tmp_path), folder=tmp_path, limit=20)
        assert ended.seconds < 8
        assert len(ended.text) < 1_000_000
        assert "Traceback" not in ended.text


@pytest.mark.parametrize("name", ["hostile/big_hex.yaml", "hostile/big_seconds.json", "hostile/id_list.json"])
def test_odd_input_is_one_typed_error(name: str, tmp_path: Path) -> None:
    """That blames the file, in a moment."""
    for what in ("check", "run"):
        ended = command(what, prepared(name, tmp_path), folder=tmp_path)
        assert ended.code == 2, ended.text
        assert Path(name).name in ended.text
        assert "Traceback" not in ended.text
        assert len(ended.text) < 2000
        assert ended.seconds < 2


def test_a_thread_that_cannot_end_keeps_no_process(tmp_path: Path) -> None:
    """A fifo that nobody writes into: the step ends by its limit, the run goes on, the process ends with it."""
    os.mkfifo(tmp_path / "pipe")
    ended = command("run", prepared("hostile/fifo_read.yaml", tmp_path), folder=tmp_path, limit=20)
    assert ended.code == 0, ended.text
    assert "[l] done" in ended.text
    assert ended.seconds < 8


PROGRAMS = {
    "variables_shared": ["{'result': 1} {'l': []}"] * 3,
    "retry_late": ["plain done {'result': 3} None", "polite done {'result': 3} None"],
    "closed": ["RunError"],
}


@pytest.mark.parametrize("name", [*PROGRAMS, "body_cancelled"])
def test_a_program_of_the_cases_says_what_is_right(name: str, tmp_path: Path) -> None:
    """Kernels from Python: plans that run twice, late ends, bodies that are cancelled, kernels that are closed."""
    ended = execute([sys.executable, str(prepared(f"hostile/{name}.py", tmp_path))], tmp_path)
    if name == "body_cancelled":
        assert ended.text.count("done {'done': 2") == 2
    for line in PROGRAMS.get(name, []):
        assert line in ended.text
