"""On which terms a step's results are kept."""

from __future__ import annotations

import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from stratagem import NodeSpec, Step
from stratagem.nodes.spec import MISSING
from stratagem_node_cache.keys import KeyMaker
from stratagem_node_cache.results import Terms


def terms_of(step: Step, ttl: float, directory: Path, *, stored: bool, reveals: Callable[[str], bool]) -> Terms:
    """The terms for a step whose results may be remembered; ``ttl`` holds where its node names none.

    A node that is given its context may look into the run's ``directory``, which then is part of the key.

    Only types of a known distribution are ``stored``: of others nobody can tell when their code has changed.
    """
    spec, cache = step.spec, step.node.cache
    own = cache.ttl if cache else None
    places = [str(directory)] if spec.injected else []
    keys = KeyMaker(spec.id, spec.distribution, *places, ordered=spec.extra_inputs is not MISSING)
    stored = stored and bool(spec.distribution)
    return Terms(spec.id, keys, ttl if own is None else own, stored, record_of(spec) if stored else None, reveals)


def record_of(spec: NodeSpec) -> type | None:
    """The attrs class whose fields are the node's outputs."""
    if spec.single:
        return None
    function: Any = spec.handler
    hint = typing.get_type_hints(function.run if spec.stateful else function).get("return")
    kinds = [hint, *typing.get_args(hint)]
    return next((kind for kind in kinds if isinstance(kind, type) and attrs.has(kind)), None)
