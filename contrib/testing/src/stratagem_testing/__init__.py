"""A kit for authors of plugins and packs: terse workflows, runs of single examples, and the contracts of strategies.

Stratagem's own tests are written with it. pytest and hypothesis are imported with the names that need them alone: the
contracts, and `workflows`, hypothesis' strategy of random ones.
"""

from stratagem.hosting import names_at_home

_HOMES = {
    "stratagem_testing.answers": ("provided", "recorded", "resolved", "scheduled"),
    "stratagem_testing.build": ("connections", "graph_of", "node", "workflow_of"),
    "stratagem_testing.contracts.passes": ("PassContract",),
    "stratagem_testing.contracts.pool": ("PoolContract",),
    "stratagem_testing.contracts.provider": ("ProviderContract", "THING"),
    "stratagem_testing.contracts.recorder": ("RecorderContract",),
    "stratagem_testing.contracts.resolver": ("ResolverContract",),
    "stratagem_testing.contracts.scheduler": ("SchedulerContract",),
    "stratagem_testing.contracts.shared": ("assert_like_the_reference", "on_both_loops", "run_on"),
    "stratagem_testing.counting": ("CountingScheduler",),
    "stratagem_testing.examples": ("check_example", "run_example"),
    "stratagem_testing.generate": ("workflows",),
    "stratagem_testing.greedy": ("AnyReady",),
    "stratagem_testing.pack_modules": ("check_modules",),
    "stratagem_testing.random_workflows": ("Recipe", "random_workflow"),
    "stratagem_testing.rebuilding": ("check_rebuilding",),
    "stratagem_testing.running": ("outcome", "run_once"),
    "stratagem_testing.sample_pack.basic": ("Broken",),
    "stratagem_testing.sample_pack.registry": ("sample",),
    "stratagem_testing.simulation": (
        "CountedThings",
        "SeededScheduler",
        "Simulated",
        "Unavailable",
        "deterministic",
        "simulate",
    ),
    "stratagem_testing.things": ("Grip", "Thing", "ThingPlugin", "Things"),
    "stratagem_testing.watching": ("Seen", "Watcher"),
}
"""The public names by the module that defines them; ``__init__.pyi`` is written from it."""

__all__, __getattr__, __dir__ = names_at_home(__name__, _HOMES)
