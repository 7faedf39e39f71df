"""Stratagem's run records and reports: ``[plugins] use = ["report"]``, ``stratagem run --report``, ``stratagem report``."""

from typing import TYPE_CHECKING

from stratagem.hosting import names_at_home

if TYPE_CHECKING:
    from stratagem_report.plugin import ReportPlugin, ReportSettings

__all__ = ["ReportPlugin", "ReportSettings"]

# the command line records every run, and imports no more for that than it needs
_, __getattr__, __dir__ = names_at_home(__name__, {"stratagem_report.plugin": ("ReportPlugin", "ReportSettings")})
