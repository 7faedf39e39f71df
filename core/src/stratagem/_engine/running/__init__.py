"""The life of a run.

Read `runner`, which makes runs and gives each its task group, strands and recorders; `run`, the state of one execution;
`handle`, what the caller has of it; `lifespans`, plugins entered before the first run and left after the last.
"""
