"""Choosing one way out of several, and bringing ways together."""

from typing import Any

from stratagem import Bodies, Body, Branch, Example
from stratagem_std.as_text import as_text
from stratagem_std.operators import place_of
from stratagem_std.registry import pack
from stratagem_std.secret_text import plain


@pack.node(
    controls=("true", "false"),
    outputs=("result",),
    examples=(
        Example({"condition": "{{ total > 100 }}"}, variables={"total": 120}, chooses="true"),
        Example({"condition": False}, {"result": None}, chooses="false"),
    ),
)
async def if_(condition: bool, then: Body | None = None, else_: Body | None = None) -> Branch:
    """Goes on through ``true`` or ``false``, and runs the body ``then`` or ``else`` before, where there is one.

    ``result`` is what that body gives.
    """
    body = then if condition else else_
    return Branch("true" if condition else "false", value=await body() if body else None)


@pack.node(
    controls=("case_*", "default"),
    outputs=("result",),
    examples=(
        Example({"value": "paid", "cases": ["open", "paid"]}, chooses="case_paid"),
        Example({"value": "lost", "cases": ["open", "paid"]}, chooses="default"),
    ),
)
async def switch(value: Any, cases: list[Any], bodies: Bodies) -> Branch:
    """Goes on through the output of the first case that equals ``value``, else through ``default``.

    The output of a case is named by the case (``case_paid``) or by its place, counted from 0 (``case_1``), unless that
    is the name of another case. The body of that name without ``case_``, or ``default``, is run before, where there is
    one; ``result`` is what it gives. True and 1 are different cases.
    """
    place = place_of(cases, value)
    if place is None:
        body = bodies.get("default")
        return Branch("default", value=await body() if body else None)
    names = _names(cases, place)
    body = next((bodies[name] for name in names if name in bodies), None)
    return Branch(*(f"case_{plain(name)}" for name in names), value=await body() if body else None)


@pack.node(effect="pure", examples=(Example(),))
async def merge() -> None:
    """Brings ways together: goes on as soon as all that lead here are settled and one of them is live."""


def _names(cases: list[Any], place: int) -> list[str]:
    """Return what the output of the case at ``place`` may be called."""
    by_case = [as_text(case) for case in cases]
    names = [by_case[place]]
    if str(place) not in by_case:
        names.append(str(place))
    return names
