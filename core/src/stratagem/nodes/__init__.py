"""Node types: packs, their specs and ports, and what node functions use."""

from stratagem.nodes.pack import Pack
from stratagem.nodes.spec import Example, NodeSpec
from stratagem.nodes.values import (
    Bodies,
    Body,
    Branch,
    BreakLoop,
    Context,
    ContinueLoop,
    Deferred,
    Handle,
    Subflow,
    SubflowResult,
    Variables,
)

__all__ = [
    "Bodies",
    "Body",
    "Branch",
    "BreakLoop",
    "Context",
    "ContinueLoop",
    "Deferred",
    "Example",
    "Handle",
    "NodeSpec",
    "Pack",
    "Subflow",
    "SubflowResult",
    "Variables",
]
