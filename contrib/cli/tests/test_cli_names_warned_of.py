"""Names that templates can't read: ``check`` warns of them, and nothing else changes."""

from collections.abc import Callable
from pathlib import Path

Cli = Callable[..., tuple[int, str, str]]

FLOW = """
variables: {good: 1, a-b: 2, in: 3, "true": 4, secrets: 5, "": 6, 1st: 7}
nodes:
  - {id: my-node, type: clitest.echo, config: {value: 1}}
  - {id: no-outputs, type: clitest.boom, disabled: true}
  - {id: fine, type: clitest.echo, config: {value: "{{ a-good }}"}}
"""


def warnings(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("warning: ")]


def test_check_warns_of_names_that_templates_can_not_read(cli: Cli, tmp_path: Path) -> None:
    """One line for variables and one for nodes; the file can be run, and runs tell nothing of it."""
    (tmp_path / "flow.yaml").write_text(FLOW.replace("a-good", "good"), "utf-8")
    code, out, err = cli("check", "flow.yaml")
    assert (code, out.startswith("ok: flow.yaml")) == (0, True)
    variables, nodes = warnings(err)
    assert "templates can't read these variables: 'a-b', 'in', 'true', 'secrets', '', '1st'. " in variables
    assert "templates can't read these ids of nodes: 'my-node'. " in nodes
    assert warnings(cli("run", "flow.yaml")[2]) == []


def test_check_warns_of_names_that_loops_give(cli: Cli, tmp_path: Path) -> None:
    """Written out, in bodies too; computed ones can't be told."""
    loop = "  - {id: l, type: std.for_each, config: {items: [1], as: NAME}, bodies: {body: [INNER]}}\n"
    inner = "{id: m, type: std.for_each, config: {items: [1], as: the-item}, bodies: {body: []}}"
    (tmp_path / "flow.yaml").write_text("nodes:\n" + loop.replace("NAME", "not").replace("INNER", inner), "utf-8")
    (line,) = warnings(cli("check", "flow.yaml")[2])
    assert "'not', 'the-item'" in line


def test_many_such_names_are_counted(cli: Cli, tmp_path: Path) -> None:
    """Some are told."""
    names = ", ".join(f"a-{number}: 1" for number in range(100))
    (tmp_path / "flow.yaml").write_text(f"variables: {{{names}}}\nnodes: []\n", "utf-8")
    (line,) = warnings(cli("check", "flow.yaml")[2])
    assert "'a-19' and 80 more." in line
