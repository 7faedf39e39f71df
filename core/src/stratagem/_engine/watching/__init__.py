"""Observers beside the runs.

Read `timeouts`, one watcher of time limits a run; `watchdog`, the thread that samples gauges and names whoever blocks the
loop; `slowness`, what is slow and who is at work.
"""
