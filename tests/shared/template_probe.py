"""Random configs of a step in a body, and scopes to resolve them in: what resolvers are compared by."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from stratagem import (
    NOTHING,
    SKIPPED,
    Body,
    Catalog,
    Deferred,
    Nothing,
    Pack,
    Scope,
    Secret,
    Step,
    VariableStore,
    WorkflowError,
)
from stratagem._compile import compile_workflow
from stratagem.nodes.catalog import Environment
from stratagem.templates.filters import FILTERS
from stratagem_testing import graph_of, node, workflow_of

pack = Pack("probe")

Prepared = Callable[[Scope], dict[str, Any]]


@frozen
class Pair:
    """Two outputs, of which one may be missing."""

    left: Any
    right: Any | Nothing


@pack.node(effect="pure")
async def single() -> Any:
    """One output."""


@pack.node(effect="pure")
async def pair() -> Pair:
    """Two outputs."""
    return Pair(1, 2)


@pack.node(body_ports={"body": ("item",)}, body_variables={"body": ("own",)})
async def around(body: Body) -> None:
    """Owns the body that the probe is in."""


@pack.node(effect="pure")
async def probe(
    text: str = "", number: int = 0, items: list[Any] | None = None, later: Deferred[Any] | None = None, **more: Any
) -> None:
    """Takes anything."""


NAMES = ("x", "y", "rows", "data", "own", "first.result", "two.left", "two.right", "inner.result", "loop.item")
STEPS = ("[0]", "[-1]", "[1]", ".key", "['key']", ".a.b", "[x]", ".key[0]")
SIGNS = ("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "and", "or")


@cache
def catalog() -> Catalog:
    """The node types, and one secret."""
    return Catalog.of(pack, environment=Environment(secrets={"token": "hush"}))


def step_of(config: dict[str, Any], *, number: int = 1) -> Step:
    """The probe, compiled with a config; raises WorkflowError where that can't be right."""
    probes = [node(f"probe{index}" if index else "probe", "probe.probe", config) for index in range(number)]
    body = graph_of(node("inner", "probe.single"), *probes)
    nodes = (node("first", "probe.single"), node("two", "probe.pair"))
    loop = node("loop", "probe.around", bodies={"body": body})
    workflow = workflow_of(*nodes, loop, variables=dict.fromkeys(("x", "y", "rows", "data")))
    plan = compile_workflow(workflow, catalog())
    return plan.steps[2].bodies["body"].steps[1]


def scope_of(
    variables: dict[str, Any], own: dict[str, Any], steps: tuple[Any, Any, Any, Any, Any], item: dict[str, Any]
) -> Scope:
    """Return what the probe sees.

    Variables, those of the body alone, the values of steps around and beside it, a port.
    """
    first, left, right, two_was_skipped, inner = steps
    two = SKIPPED if two_was_skipped else Pair(left, right)
    outer = Scope([first, two, None], VariableStore(variables), {}, None)
    return Scope([inner, None], VariableStore(own, outer.variables, own=False), item, outer)


def outcome(prepared: Prepared, scope: Scope) -> Any:
    """Return how it ends: the inputs with their types, or the error with all that it says."""
    try:
        return told({name: value() if name == "later" else value for name, value in prepared(scope).items()})
    except WorkflowError as error:
        return type(error), error.what, error.key, error.node, error.hint, chain_of(error)


def chain_of(error: BaseException) -> list[str]:
    """The errors that stand behind an error, as a traceback tells of them."""
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [] if behind is None else [repr(behind), *chain_of(behind)]


def told(value: Any) -> Any:
    """A value such that what differs in type is not equal, nor what is secret and what is not."""
    if isinstance(value, dict):
        return dict, [(told(key), told(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [told(item) for item in value]
    return type(value), value.reveal() if isinstance(value, Secret) else repr(value)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(SIGNS), inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} | {})".format, inner, st.sampled_from([*FILTERS, "join(',')", "round(1)", "replace('a', x)"])),
        st.builds("({} | default({}))".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(STEPS)),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("(not {})".format, inner),
    )


_paths = st.builds("{}{}".format, st.sampled_from(NAMES), st.sampled_from(["", "", *STEPS]))
_literals = st.sampled_from(["0", "2", "'a'", "null", "true", "[]", "1.5"])
expressions = st.recursive(
    _paths | _paths | _literals | st.just("secrets.token") | st.just("(nowhere | default(3))"), _larger, max_leaves=6
)
"""Expressions over what a scope has."""

templates = st.one_of(
    _paths.map("{{{{ {} }}}}".format),
    expressions.map("{{{{ {} }}}}".format),
    st.lists(st.one_of(_paths, expressions).map("{{{{ {} }}}}".format) | st.sampled_from(["a", "{", "é '\"", "\n"]), max_size=5).map("".join),
)  # fmt: skip
scalars = st.sampled_from([0, 1, True, None, "", "a", "word", 1.5, -0.0, 10**20])
values = st.recursive(
    scalars | st.just(Secret("s3cret")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "a", "b"]), inner, max_size=3)
        | st.tuples(inner)
    ),
    max_leaves=8,
)
numbers = st.lists(st.integers(0, 9), max_size=5)
configs = st.dictionaries(
    st.sampled_from(["text", "number", "items", "one", "two", "a b"]),
    st.recursive(
        templates | scalars,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "l", "{{"]), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=4,
)
"""Configs of the probe; some do not compile."""

scopes = st.builds(
    scope_of,
    st.fixed_dictionaries({}, optional={"x": values, "y": values | scalars, "rows": numbers | values, "data": values}),
    st.fixed_dictionaries({}, optional={"own": values, "x": values}),
    st.tuples(values, values, values | st.just(NOTHING), st.booleans(), values | st.just(SKIPPED)),
    st.fixed_dictionaries({}, optional={"item": values}),
)
"""Scopes for the probe, in which any name may be missing."""
