"""The command line of the measurements."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stratagem_bench import (
    cold,
    compiling,
    drawn,
    growth,
    imports,
    instances,
    memory,
    node_cache,
    pages,
    peers,
    resolving,
    steps,
    timeouts,
    tracing,
    waits,
)
from stratagem_bench.figures import Figure, Finding, Findings
from stratagem_bench.report import HEAD, as_json, closing, line

FAMILIES: Mapping[str, Callable[[float], Findings]] = {
    "steps": steps.measure,
    "compile": compiling.measure,
    "cold": cold.measure,
    "resolve": resolving.measure,
    "timeouts": timeouts.measure,
    "io": waits.measure,
    "drawn": drawn.measure,
    "instances": instances.measure,
    "imports": imports.measure,
    "memory": memory.measure,
    "growth": growth.measure,
    "node-cache": node_cache.measure,
    "tracing": tracing.measure,
    "pages": pages.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures what is asked for; gives 1 if a target was missed, unless ``--no-fail`` is said."""
    asked = _parser().parse_args(arguments)
    if asked.peers or asked.peers_in:
        return peers.compare(asked.rounds, asked.peers_in)
    if not asked.json:
        print(HEAD)
    found: list[Finding] = []
    for family in dict.fromkeys(asked.only or FAMILIES):
        gc.collect()  # what one family leaves behind is not the next one's to clear away
        for finding in FAMILIES[family](asked.budget):
            found.append(finding)
            if not asked.json:
                print(line(finding), flush=True)
    print(as_json(found) if asked.json else closing(found))
    missed = any(isinstance(each, Figure) and each.passed is False for each in found)
    return int(missed and not asked.no_fail)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python tests/bench",
        description="Measures the kernel beside baselines written by hand; ratios hold within one run, on any machine.",
    )
    parser.add_argument("--only", action="append", choices=FAMILIES, help="this family of figures; may be repeated")
    parser.add_argument("--budget", type=float, default=3.0, metavar="SECONDS", help="time for each figure (default 3)")
    parser.add_argument("--no-fail", action="store_true", help="exit with 0 even if a target is missed")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--peers", action="store_true", help="compare with other engines instead; installs them")
    parser.add_argument("--peers-in", type=Path, metavar="FOLDER", help="the same; keeps their environments there")
    parser.add_argument("--rounds", type=int, default=2, help="rounds over all peers (default 2)")
    return parser
