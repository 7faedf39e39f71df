"""From a workflow to a plan."""

from stratagem._compile.compiler import compile_workflow

__all__ = ["compile_workflow"]
