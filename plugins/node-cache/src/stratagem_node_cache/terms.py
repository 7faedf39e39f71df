"""On which terms a step's results are kept."""

from __future__ import annotations

import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from stratagem import MISSING, NodeSpec, Plan, Step
from stratagem_node_cache.keys import KeyMaker
from stratagem_node_cache.results import Terms


def terms_of(step: Step, ttl: float, directory: Path | None, *, stored: bool, reveals: Callable[[str], bool]) -> Terms:
    """The terms for a step whose results may be remembered; ``ttl`` holds where its node names none.

    ``directory``, where relative paths start, is part of the key of a node that is given its context: it may look there.

    Only types of a known distribution are ``stored``: of others nobody can tell when their code has changed.
    """
    spec, cache = step.spec, step.node.cache
    own = cache.ttl if cache else None
    places = [str(directory)] if directory is not None else []
    keys = KeyMaker(spec.id, spec.distribution, *places, ordered=spec.extra_inputs is not MISSING)
    stored = stored and bool(spec.distribution)
    return Terms(spec.id, keys, ttl if own is None else own, stored, record_of(spec) if stored else None, reveals)


def folders_of(plan: Plan, start: Path) -> dict[Step, Path]:
    """Return where relative paths start, for each step of the plan, its bodies and its subflows.

    Their files from ``start``.
    """
    found: dict[Step, Path] = {}
    waiting = [(plan, start)]
    while waiting:
        plan, folder = waiting.pop()
        source = getattr(plan.graph, "source", None)
        folder = (start / source).resolve().parent if source else folder
        for step in plan.steps:
            if step not in found:
                found[step] = folder
                waiting += [(inner, folder) for inner in (*step.bodies.values(), *step.flows.values())]
    return found


def record_of(spec: NodeSpec) -> type | None:
    """The attrs class whose fields are the node's outputs."""
    if spec.single:
        return None
    function: Any = spec.handler
    hint = typing.get_type_hints(function.run if spec.stateful else function).get("return")
    kinds = [hint, *typing.get_args(hint)]
    return next((kind for kind in kinds if isinstance(kind, type) and attrs.has(kind)), None)
