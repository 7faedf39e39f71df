"""What the command line tells of steps in bodies, and of failures that a run goes on after."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stratagem import StepStarted
from stratagem_cli.explain import _parts
from stratagem_cli.explainer import Seen
from stratagem_cli.tally import Tally

Cli = Callable[..., tuple[int, str, str]]
Write = Callable[..., str]

PACK = '''
"""A loop that says what its passes are about, and a node that fails in one of them."""

from stratagem import Body, Pack

pack = Pack("waystest")


@pack.node(handles=("loop",), body_ports={"body": ("item",)})
async def rows(items: list[object], body: Body) -> None:
    """Runs its body for each item."""
    for item in items:
        await body({"item": item}, item=item, of=len(items))


@pack.node()
async def fails(at: object, item: object) -> None:
    """Fails at one item."""
    if item == at:
        raise ValueError(f"at {at}")
'''

SAY = {"id": "say", "type": "clitest.log", "config": {"message": "{{ loop.item }}"}}
FAIL = {"id": "c", "type": "waystest.fails", "config": {"at": "d", "item": "{{ loop.item }}"}}


@pytest.fixture(autouse=True)
def _rows(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The distribution ``ways-test 1.0`` is installed."""
    folder = tmp_path_factory.mktemp("ways")
    (folder / "cli_ways_pack.py").write_text(PACK, "utf-8")
    info = folder / "ways_test-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ways-test\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[stratagem.nodes]\nwaystest = cli_ways_pack:pack\n", "utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "cli_ways_pack", raising=False)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a workflow file of these nodes."""

    def write(*nodes: dict[str, Any], **top: Any) -> str:
        (tmp_path / "flow.json").write_text(json.dumps({"stratagem": 1, "nodes": nodes, **top}, indent=1), "utf-8")
        return "flow.json"

    return write


def loop(*body: dict[str, Any]) -> dict[str, Any]:
    """A loop over five letters."""
    return {"id": "loop", "type": "waystest.rows", "config": {"items": list("abcde")}, "bodies": {"body": list(body)}}


def test_the_row_that_failed_is_told(cli: Cli, write: Write) -> None:
    """On its line, and at the top of the error, with the way to the step."""
    code, _, err = cli("run", write(loop(SAY, FAIL)))
    assert code == 1
    assert "loop[3] / c (waystest.fails) (row 3 of 5: 'd'): ValueError: at d" in err
    assert "error: flow.json:" in err
    assert ": node 'loop[3] / c' (row 3 of 5: 'd'): ValueError: at d (provided by ways-test 1.0)\n" in err


def test_programs_are_told_way_pass_and_item(cli: Cli, write: Write) -> None:
    """As fields of the error, of each failure, and of each line."""
    place = {"way": "loop[3] / c", "pass": 3, "of": 5, "item": "'d'"}
    code, out, err = cli("run", write(loop(SAY, FAIL)), "--json", "--log-format", "json")
    told = json.loads(out)
    assert code == 1
    for error in (told["error"], *told["failures"]):
        assert {key: error[key] for key in place} == place
        assert error["passes"] == [{"node": "loop", "number": 3, "of": 5, "item": "'d'"}]
    lines = [json.loads(line) for line in err.splitlines()]
    found = [line for line in lines if line.get("way") == "loop[3] / c"]
    assert [line["level"] for line in found] == ["info", "error"]
    assert all({key: line[key] for key in place} == place for line in found)
    said = [(line["message"], line["pass"], line["item"]) for line in lines if line.get("logger") == "stratagem.node"]
    assert said == [(each, at, repr(each)) for at, each in enumerate("abcd")]


def test_log_lines_of_nodes_name_the_way(cli: Cli, write: Write) -> None:
    """A node outside of bodies is named by its id."""
    _, _, err = cli("run", write({"id": "top", "type": "clitest.log", "config": {"message": "hi"}}, loop(SAY)))
    assert "[top] hi\n" in err
    assert "[loop[1] / say (row 1 of 5: 'b')] b\n" in err


def test_a_late_step_that_is_gone_on_after_is_told(cli: Cli, write: Write) -> None:
    """By a line as any other failure, and in the count."""
    late = {"id": "slow", "type": "clitest.wait", "config": {"seconds": 5}, "timeout": 0.05, "on_error": "continue"}
    code, _, err = cli("run", write(late))
    assert code == 0
    assert " slow (clitest.wait): the node took longer than its time limit of 0.05 s. " in err
    assert "done: 0 steps done, 1 failed in 0." in err


def test_an_error_says_its_place_once(cli: Cli, write: Write) -> None:
    """File, line, node, key and distribution."""
    code, _, err = cli(
        "run", write({"id": "d", "type": "clitest.wait", "config": {"seconds": "{{ f }}"}}, variables={"f": "abc"})
    )
    assert code == 1
    line, error = [line for line in err.splitlines() if "abc" in line]
    assert line.endswith("d (clitest.wait): key 'seconds': expected float, got 'abc'")
    assert error.startswith("error: flow.json:")
    assert error.endswith(": node 'd': key 'seconds': expected float, got 'abc' (provided by cli-test 1.2)")
    assert [error.count(part) for part in ("flow.json", "'d'", "cli-test")] == [1, 1, 1]


def test_a_misspelt_type_counts_as_one_problem(cli: Cli, write: Write) -> None:
    """In what is told, and in the number of problems."""
    code, out, err = cli("check", write(*({"id": f"n{at}", "type": "clitest.ech"} for at in range(40))))
    assert code == 2
    assert out == "checked 1 file: 1 problem in 1 of them\n"
    assert err.count("has no node 'ech'") == 1
    assert "(and 39 more: flow.json:" in err


def test_live_progress_knows_the_row() -> None:
    """Of a loop that says how many passes there are; that of another is the number of the pass."""
    tally = Tally()
    tally.see(StepStarted("loop", "x.each", 0, 1))
    (one,) = tally.running.values()

    class Call:
        begun, ended, of = 5, 4, 10

    one.call = Call()
    assert one.row == "row 4 of 10"
    Call.of = 0
    assert one.row == "pass 4"
    Call.of = 1
    assert one.row == ""


def test_an_explanation_tells_waiting_apart() -> None:
    """By the kind of what was waited for; moments are not worth a word."""
    own = Seen(Counter(done=2), seconds=3.0, waits={"browser": 1.5, "thing": 0.01})
    assert list(_parts(own)) == ["ran 2 times", "3.000 s in all", "1.500 s of it waiting for a 'browser'"]
