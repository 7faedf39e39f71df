"""Stratagem's DAG scheduler: ``[strategy] schedule = "dag"``."""

from stratagem_dag.plugin import DagPlugin, DagSettings
from stratagem_dag.scheduler import DagScheduler

__all__ = ["DagPlugin", "DagScheduler", "DagSettings"]
