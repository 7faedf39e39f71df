"""Errors: whose they are, and how they are kept.

Read `unwrap`, which finds the one error inside groups; `faults`, which tells a plugin's fault from a step's failure, and
what a run keeps of both.
"""
