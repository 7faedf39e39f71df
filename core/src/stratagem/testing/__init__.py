"""A kit for authors of plugins and packs: terse workflows, runs of single examples, and the contracts of strategies.

Stratagem's own tests are written with it. The contracts in `stratagem.testing.contracts` need pytest, random workflows
in `stratagem.testing.generate` hypothesis: ``pip install stratagem[testing]`` brings both.
"""

from stratagem.testing.answers import provided, recorded, resolved, scheduled
from stratagem.testing.build import graph_of, node, workflow_of
from stratagem.testing.examples import check_example, run_example
from stratagem.testing.greedy import AnyReady
from stratagem.testing.rebuilding import check_rebuilding
from stratagem.testing.running import run_once

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
