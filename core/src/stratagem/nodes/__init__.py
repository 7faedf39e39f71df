"""Node types: packs, their specs and ports, and what node functions use."""

from stratagem.nodes.leases import Leases
from stratagem.nodes.pack import Pack
from stratagem.nodes.spec import Example, NodeSpec
from stratagem.nodes.types import Reads
from stratagem.nodes.values import (
    NOTHING,
    Bodies,
    Body,
    Branch,
    BreakLoop,
    Context,
    ContinueLoop,
    Deferred,
    Handle,
    Nothing,
    Subflow,
    SubflowResult,
    Variables,
)

__all__ = [
    "NOTHING",
    "Bodies",
    "Body",
    "Branch",
    "BreakLoop",
    "Context",
    "ContinueLoop",
    "Deferred",
    "Example",
    "Handle",
    "Leases",
    "NodeSpec",
    "Nothing",
    "Pack",
    "Reads",
    "Subflow",
    "SubflowResult",
    "Variables",
]
