"""Recorded scientific workflows for Stratagem: the format ``wfcommons`` and the node ``wfcommons.task``."""

from stratagem_wfcommons.format import WfCommonsFormat, wfcommons_format
from stratagem_wfcommons.nodes import pack

__all__ = ["WfCommonsFormat", "pack", "wfcommons_format"]
