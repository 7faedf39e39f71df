"""What ``stratagem check`` tells that is odd, though the file can be run."""

import json
from collections.abc import Callable
from pathlib import Path

Cli = Callable[..., tuple[int, str, str]]


def test_check_tells_the_warnings_of_a_file_s_format(cli: Cli, tmp_path: Path) -> None:
    """Each on a line, whether or not the workflow can be run; they are no problems. A run only counts them."""
    flow = {
        "nodes": {
            "a": {"node_id": "a", "node_type": "ListSortNode", "config": {"revers": True}},
            "b": {"node_id": "b", "node_type": "ListSortsNode", "config": {}},
        },
        "connections": [],
    }
    good = {**flow, "nodes": {"a": flow["nodes"]["a"]}}  # type: ignore[index]  # it is a dict
    (tmp_path / "good.json").write_text(json.dumps(good), "utf-8")
    (tmp_path / "bad.json").write_text(json.dumps(flow), "utf-8")
    warning = "json:1: node 'a': key 'revers': nothing reads this key. Did you mean 'reverse'?"
    code, out, err = cli("check", "good.json")
    assert (code, out.startswith("ok: ")) == (0, True)
    assert f"warning: good.{warning}" in err
    code, _, err = cli("run", "good.json")
    assert (code, "warning: good.json: 1 warning, which 'stratagem check' tells" in err) == (0, True)
    assert "warning" not in cli("run", "good.json", "--quiet")[2]
    code, _, err = cli("check", "bad.json")
    assert code == 2
    assert f"warning: bad.{warning}" in err
    assert "has no node 'ListSortsNode'. Did you mean 'ListSortNode'?" in err


def test_check_tells_what_packs_advise(cli: Cli, tmp_path: Path) -> None:
    """With the file; it is no problem."""
    flow = "nodes: [{id: a, type: web.click, config: {selector: a}}]\n"
    (tmp_path / "flow.yaml").write_text(flow, "utf-8")
    code, out, err = cli("check", "flow.yaml", "--set", "resources.browser='playwright'")
    assert (code, out.startswith("ok: flow.yaml")) == (0, True)
    assert "warning: flow.yaml: the step 'a' leases a page of its own, on which nothing was opened" in err
