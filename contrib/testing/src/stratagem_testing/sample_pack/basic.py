"""Small nodes of every sort."""

from __future__ import annotations

from typing import Any

import anyio

from stratagem import Branch, Context, Variables
from stratagem_testing.sample_pack.registry import sample


@sample.node(effect="pure")
async def value(value: Any = None) -> Any:
    """Gives what it is given."""
    return value


@sample.node(effect="pure")
async def add(left: int, right: int = 0) -> int:
    """Adds."""
    return left + right


@sample.node(effect="pure")
async def total(*parts: int) -> int:
    """The sum of all that is connected to ``parts``."""
    return sum(parts)


@sample.node(effect="pure")
async def join(*parts: Any) -> list[Any]:
    """All that is connected to ``parts``, in the order of the lines."""
    return list(parts)


@sample.node(effect="pure")
def plain(left: int, right: int = 0) -> int:
    """Adds, as a plain function that is quick."""
    return left + right


@sample.node(name="set", runs="loop", writes=("var:{name}",))
def set_(name: str, value: Any, variables: Variables) -> Any:
    """Sets a variable, and hands the value on."""
    variables[name] = value
    return value


@sample.node(name="get", effect="read", runs="loop", reads=("var:{name}",))
def get_(name: str, variables: Variables) -> Any:
    """Reads a variable."""
    return variables[name]


@sample.node(cost_from="seconds")
async def wait(seconds: float, value: Any = None) -> Any:
    """Waits, then gives ``value``."""
    await anyio.sleep(seconds)
    return value


@sample.node(effect="pure")
async def merge() -> None:
    """Brings ways together."""


@sample.node(name="if", effect="pure", controls=("true", "false"))
async def if_(condition: bool) -> Branch:
    """Goes on through ``true`` or ``false``."""
    return Branch("true" if condition else "false")


@sample.node(effect="pure", controls=("case_*", "default"))
async def switch(value: int, cases: int = 2) -> Branch:
    """Goes on through ``case_<value>`` if that is below ``cases``, else through ``default``."""
    return Branch(f"case_{value}" if 0 <= value < cases else "default")


class Broken(Exception):  # noqa: N818 - named for what happened
    """The error that `fail` and `flaky` raise."""


@sample.node(effect="pure")
async def fail(message: str = "broken", seconds: float = 0.0) -> None:
    """Raises `Broken`, after waiting if ``seconds`` says so."""
    if seconds:
        await anyio.sleep(seconds)
    raise Broken(message)


@sample.node(idempotent=True)
async def flaky(context: Context, failures: int = 1, seconds: float = 0.0) -> int:
    """Fails in its first attempts, as many as ``failures``; gives the number of the one that did not."""
    await anyio.sleep(seconds)
    if context.attempt <= failures:
        raise Broken(f"attempt {context.attempt}")
    return context.attempt


@sample.node(effect="read", resources={"thing": "thing"})
async def use(thing: Any, seconds: float = 0.0) -> Any:
    """Holds a resource of the kind ``thing`` for a while, and gives it."""
    await anyio.sleep(seconds)
    return thing
