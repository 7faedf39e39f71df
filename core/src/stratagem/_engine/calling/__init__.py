"""The execution of one step.

Read `binding`, which chooses once for each step how it goes, by what the strategies concern themselves with; `injection`,
what a node is handed besides its inputs; `flows`, the calls of bodies and subflows; `derived`, secrets that a node makes of
secrets.
"""
