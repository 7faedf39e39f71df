"""What the figures of cold runs rest on: both sides compute the same graph, each process ends well."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import FunctionType

from stratagem_bench import cold, hamilton_source


def test_the_probe_times_the_parts_of_a_first_run(tmp_path: Path) -> None:
    """Load, compile and run make up the whole, and the values are those of the graph."""
    file = cold._written(tmp_path, 500)
    program = Path(cold.__file__).with_name("cold_probe.py")
    done = subprocess.run([sys.executable, program, file, file], stdout=subprocess.PIPE, check=True, text=True)
    found = json.loads(done.stdout)
    assert found["load"] + found["compile"] + found["run"] == found["total"]
    assert found["sum"] == expected(500)


def expected(nodes: int) -> int:
    """The sum of the values that nobody reads."""
    parents = cold.parents_of(nodes)
    values: list[int] = []
    for node, read in enumerate(parents):
        values.append(node - 1 if read is None else values[read[0]] - values[read[1]])
    inner = {each for read in parents if read is not None for each in read}
    return sum(value for node, value in enumerate(values) if node not in inner)


def test_hamiltons_module_is_the_same_graph(tmp_path: Path) -> None:
    """Its functions, called one after the other, give the same values."""
    file = str(cold._written(tmp_path, 500))
    module: dict[str, object] = {}
    exec(hamilton_source.source_of(file), module)
    values: dict[str, int] = {}
    for name, function in [(name, each) for name, each in module.items() if name.startswith("n")]:
        assert isinstance(function, FunctionType)
        values[name] = function(**{parent: values[parent] for parent in function.__code__.co_varnames})
    assert sum(values[leaf] for leaf in hamilton_source.leaves_of(file)) == expected(500)
