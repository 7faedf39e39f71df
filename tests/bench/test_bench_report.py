"""The command that shows figures and judges them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from stratagem_bench import command
from stratagem_bench.figures import Absent, Figure, Findings
from stratagem_bench.report import line


@pytest.fixture
def families(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replaces what is measured by given figures."""

    def replace(*findings: Figure | Absent) -> None:
        def measure(budget: float) -> Findings:
            yield from findings

        monkeypatch.setattr(command, "FAMILIES", {"made": measure})

    return replace


KEPT = Figure("kept", 3.0, "×", 3.0)
MISSED = Figure("missed", 3.001, "×", 3.0)
SHOWN = Figure("shown", 99.0, "µs")


def test_a_target_is_kept_up_to_its_value_a_strict_one_only_below() -> None:
    """Without a target there is nothing to judge."""
    assert [each.passed for each in (KEPT, MISSED, SHOWN)] == [True, False, None]
    assert Figure("strict", 3.0, "×", 3.0, strict=True).passed is False


@pytest.mark.parametrize(("findings", "code"), [([KEPT, SHOWN], 0), ([KEPT, MISSED], 1), ([Absent("x", "no")], 0)])
def test_a_missed_target_ends_in_1(families: Callable[..., None], findings: list[Figure | Absent], code: int) -> None:
    """What is only shown or can't be taken ends in 0."""
    families(*findings)
    assert command.main([]) == code
    assert command.main(["--json"]) == code
    assert command.main(["--no-fail"]) == 0


def test_the_table_says_what_was_missed(families: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, and how many targets were kept."""
    families(KEPT, MISSED, SHOWN, Absent("other", "not at hand"))
    command.main([])
    head, *lines, end = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["figure", "value"]
    assert [(each.split()[0], "MISS" in each, "pass" in each) for each in lines] == [
        ("kept", False, True),
        ("missed", True, False),
        ("shown", False, False),
        ("other", False, False),
    ]
    assert "skipped: not at hand" in lines[-1]
    assert end == "1 of 2 targets kept"


def test_json_has_the_same(families: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """One object and nothing else."""
    families(MISSED, Absent("other", "not at hand"))
    command.main(["--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["figures"] == [
        {"name": "missed", "value": 3.001, "unit": "×", "target": 3.0, "detail": "", "strict": False, "passed": False}
    ]
    assert said["skipped"] == [{"name": "other", "why": "not at hand"}]


def test_whole_and_small_numbers_are_readable() -> None:
    """Three digits behind the point where they matter."""
    assert " 1160 " in line(Figure("a", 1160.0157, "B"))
    assert " 0.088 " in line(Figure("a", 0.0881, "×"))
