"""The config: which strategies run a workflow, and how."""
