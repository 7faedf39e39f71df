"""The engine: takes runs to their end. Private; plugins see it through `stratagem.views`.

To read it, begin with `parts`, what its parts know of each other, and `recording`,
the guard around recorders, and go through the wings: `running` (how a run is taken
to its end), `frames` (one execution of a plan, and the strands that run its steps), `calling` (how one step is run),
`outcomes` (what becomes of it when something fails), `leases` (resources that one step holds for others), `telemetry` and
`watching` (what looks on). `services` is what the runs of a kernel share. No wing knows one that stands above it:
running; calling and watching; frames; leases and telemetry; outcomes.
"""
