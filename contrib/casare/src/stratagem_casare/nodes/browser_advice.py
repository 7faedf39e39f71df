"""Warnings of ``stratagem check`` where flows use pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stratagem_casare.nodes.registry import pack
from stratagem_web.advice import pages_of_their_own

if TYPE_CHECKING:
    from stratagem import Plan


@pack.advises
def _alone(plan: Plan) -> Iterator[str]:
    """Warns of steps that are on a page of their own, where nothing is."""
    begins = tuple(f"{pack.name}.{name}" for name in ("GoToURLNode", "BrowserNavigateNode", "NewTabNode"))
    yield from pages_of_their_own(plan, pack.name, begins, "Put a LaunchBrowserNode before them")
