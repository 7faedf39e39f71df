"""Telemetry of a run while it goes on.

Read `events`, for progress displays, with the times of steps; `gauges`, the figures of a run as a whole.
"""
