"""Advice: what ``stratagem check`` warns of where pages are used."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from stratagem import planfacts
from stratagem_web.registry import BROWSER, pack

if TYPE_CHECKING:
    from stratagem import Claim, Plan, Step

_SHOWN: Final = 8


@pack.advises
def _alone(plan: Plan) -> Iterator[str]:
    """Warns of steps that are on a page of their own, where nothing is."""
    remedy = "Put them into the body of one web.browser, or web.open_browser before them"
    yield from pages_of_their_own(plan, "web", ("web.open", "web.download", "web.new_tab"), remedy)


def pages_of_their_own(plan: Plan, pack: str, begins: Collection[str], remedy: str) -> Iterator[str]:
    """A warning of steps of the pack that get a page each, if one of them is of a type that begins nothing on an empty page.

    Args:
        begins: the node types that open something themselves, and so may stand alone.
        remedy: what to do about it.
    """
    if any(_opens(step) for step in planfacts.steps_in(plan)):
        return
    alone = [step for step in _unheld(plan) if step.spec.pack == pack]
    if all(step.spec.type in begins for step in alone):
        return
    names = ", ".join(repr(step.id) for step in alone[:_SHOWN])
    more = f" and {len(alone) - _SHOWN} more" if len(alone) > _SHOWN else ""
    if len(alone) == 1:
        what = f"the step {names} leases a page of its own, on which nothing was opened"
    else:
        what = f"{len(alone)} steps ({names}{more}) lease a page of their own each, so what one opens the others do not see"
    yield f"{what}. {remedy}, unless this is a subflow whose caller holds a page"


def _unheld(plan: Plan) -> Iterator[Step]:
    """The steps that use a page which no step around them holds, and do not say which they want."""
    for step in plan.steps:
        if any(claim.parameter and claim.request.kind == BROWSER and _is_content(claim) for claim in step.claims):
            yield step
        if not any(not claim.parameter and claim.request.kind == BROWSER for claim in step.claims):
            for inner in (*step.bodies.values(), *step.flows.values()):
                yield from _unheld(inner)


def _is_content(claim: Claim) -> bool:
    return not claim.own and claim.request.name is None


def _opens(step: Step) -> bool:
    """Return whether the step opens a page for those that follow."""
    return bool(step.spec.opens) and any(claim.request.kind == BROWSER for claim in step.claims)
