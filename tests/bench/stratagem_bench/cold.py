"""What a person waits for who runs a file: load, compile and first run, beside Hamilton; and whole processes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from repository import ROOT
from stratagem_bench.figures import Absent, Figure, Findings

NODES, WIDTH = 10_000, 100
NAME = f"cold, {NODES:,} nodes with two references"
FIRST_RUN_TARGET, STORED_TARGET, TINY_TARGET = 0.75, 0.25, 2.2
LIBRARIES = "import anyio, attrs, pluggy, stevedore"
HERE = Path(__file__).parent
Parents = list[tuple[int, int] | None]


def measure(budget: float) -> Findings:
    """Each side in fresh interpreters, in turn."""
    with TemporaryDirectory(prefix="stratagem-cold-") as made:
        folder = Path(made)
        small, large = _written(folder, WIDTH * 2), _written(folder, NODES)
        yield from _first_run(folder, [str(small), str(large)], budget)
        yield from _processes(_tiny(folder), large, budget)


def _first_run(folder: Path, files: list[str], budget: float) -> Findings:
    ours, program = [sys.executable, str(HERE / "cold_probe.py")], HERE / "hamilton_probe.py"
    try:
        hamilton = _hamilton()
    except (CalledProcessError, OSError) as error:
        yield Absent(NAME, f"Hamilton can't be installed here: {error}")
        return
    sides = {
        "ours": [*ours, *files],
        "hamilton": [str(hamilton), str(program), *files],
        "stored": [*ours, *map(_compiled, files)],
    }
    taken = _alternate({name: lambda command=command: _answer(command) for name, command in sides.items()}, budget)  # type: ignore[misc]  # mypy can't infer the default's type
    if len({each["sum"] for found in taken.values() for each in found}) != 1:
        raise AssertionError("they give different values")
    mine, other, stored = (_part_medians(taken[name], NODES) for name in sides)
    detail = f"µs/node: load {mine['load']:.1f}, compile {mine['compile']:.1f}, run {mine['run']:.1f}; Hamilton "
    detail += f"{other['total']:.1f}; {len(taken['ours'])} repetitions"
    yield Figure(NAME, mine["total"] / other["total"], "× Hamilton", FIRST_RUN_TARGET, detail)
    detail = f"µs/node: read {stored['load']:.1f}, run {stored['run']:.1f}"
    yield Figure(f"{NAME}, stored plan", stored["total"] / other["total"], "× Hamilton", STORED_TARGET, detail)
    yield Figure(f"{NAME}, peak", median(each["peak"] for each in taken["ours"]), "MB", detail="of the process")


def _compiled(file: str) -> str:
    """The file of the plan of a workflow file, made by the command line."""
    plan = f"{file.removesuffix('.json')}.plan"
    command = [str(Path(sys.executable).parent / "stratagem"), "compile", file, "-o", plan]
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
    return plan


def _processes(tiny: Path, large: Path, budget: float) -> Findings:
    """Whole processes, with everything as users have it."""
    command = str(Path(sys.executable).parent / "stratagem")
    sides: dict[str, Callable[[], float]] = {
        "libraries": lambda: _seconds([sys.executable, "-c", LIBRARIES]),
        "tiny": lambda: _seconds([command, "run", "--quiet", str(tiny)]),
        "large": lambda: _seconds([command, "run", "--quiet", str(large)]),
    }
    taken = _alternate(sides, budget)
    base, least, most = (median(taken[name]) for name in sides)
    detail = f"{least * 1e3:.0f} ms, the four libraries {base * 1e3:.0f}; {len(taken['tiny'])} repetitions"
    yield Figure("stratagem run, a tiny flow", least / base, "× libraries", TINY_TARGET, detail)
    yield Figure(f"stratagem run, {NODES:,} nodes", most, "s", detail=f"{most / least:.1f} × the tiny flow")


def _alternate(sides: Mapping[str, Callable[[], Any]], budget: float) -> dict[str, list[Any]]:
    for call in sides.values():
        call()  # writes and warms what is on disk
    found: dict[str, list[Any]] = {name: [] for name in sides}
    end = perf_counter() + 2 * budget
    while perf_counter() < end or len(next(iter(found.values()))) < 5:
        for name, call in sides.items():
            found[name].append(call())
    return found


def _part_medians(taken: list[dict[str, float]], nodes: int) -> dict[str, float]:
    return {
        part: median(each[part] for each in taken) / nodes * 1e6 for part in taken[0] if part not in ("sum", "peak")
    }


def _answer(command: list[str]) -> Any:
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def _seconds(command: list[str]) -> float:
    begun = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - begun


def parents_of(nodes: int) -> Parents:
    """Layers of nodes, each reading two of the layer above."""
    draw = random.Random(11)
    found: Parents = [None] * WIDTH
    for node in range(WIDTH, nodes):
        above = range((node // WIDTH - 1) * WIDTH, node // WIDTH * WIDTH)
        one, two = draw.sample(above, 2)
        found.append((one, two))
    return found


def _written(folder: Path, nodes: int) -> Path:
    file = folder / f"layers-{nodes}.json"
    configs = [
        {"a": node, "b": 1}
        if parents is None
        else {"a": f"{{{{ n{parents[0]}.result }}}}", "b": f"{{{{ n{parents[1]}.result }}}}"}
        for node, parents in enumerate(parents_of(nodes))
    ]
    written = [{"id": f"n{node}", "type": "std.subtract", "config": config} for node, config in enumerate(configs)]
    file.write_text(json.dumps({"stratagem": 1, "nodes": written}), "utf-8")
    return file


def _tiny(folder: Path) -> Path:
    file = folder / "tiny.yaml"
    file.write_text("nodes:\n  - {id: a, type: std.add, config: {a: 1, b: 2}}\n", "utf-8")
    return file


def _hamilton() -> Path:
    """The interpreter of an environment with Hamilton in it, which is made once."""
    folder = ROOT / ".venv" / "hamilton"
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), "sf-hamilton"]
        subprocess.run(install, check=True)
        ready.touch()
    return python
