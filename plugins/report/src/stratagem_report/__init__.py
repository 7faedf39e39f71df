"""Stratagem's run records and reports: ``[plugins] use = ["report"]``, ``stratagem run --report``, ``stratagem report``."""

from stratagem_report.plugin import ReportPlugin, ReportSettings

__all__ = ["ReportPlugin", "ReportSettings"]
