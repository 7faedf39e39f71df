"""From a workflow to a plan."""

from stratagem.compile.compiler import compile_workflow

__all__ = ["compile_workflow"]
