"""A kit for authors of plugins and packs: terse workflows, runs of single examples, and the contracts of strategies.

Stratagem's own tests are written with it. The contracts are in `stratagem_testing.contracts`, random workflows in
`stratagem_testing.generate`; pytest and hypothesis are imported by these alone.
"""

from stratagem_testing.answers import provided, recorded, resolved, scheduled
from stratagem_testing.build import graph_of, node, workflow_of
from stratagem_testing.examples import check_example, run_example
from stratagem_testing.greedy import AnyReady
from stratagem_testing.rebuilding import check_rebuilding
from stratagem_testing.running import run_once

__all__ = [
    "AnyReady",
    "check_example",
    "check_rebuilding",
    "graph_of",
    "node",
    "provided",
    "recorded",
    "resolved",
    "run_example",
    "run_once",
    "scheduled",
    "workflow_of",
]
