"""Claims: what steps ask of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from stratagem.model import ResourceRequest

if TYPE_CHECKING:
    from stratagem.scope import Scope
    from stratagem.templates.paths import Getter


@frozen(eq=False)
class Claim:
    """A resource that a step asks for: to be given as ``parameter``, or, where that is empty, to be held for others.

    A claim without ``own`` is content with a lease that is held for the step. ``fill`` gives the labels and the session
    where templates tell them.
    """

    parameter: str
    request: ResourceRequest
    """The request, as far as it is known before the run."""
    own: bool = False
    fill: Getter | None = None

    def asked(self, scope: Scope) -> ResourceRequest:
        """The request in ``scope``; raises UndefinedName, BadInput."""
        return self.request if self.fill is None else evolve(self.request, **self.fill(scope))
