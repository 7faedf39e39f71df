"""Results of a run, as digests by which two runs are compared; values only where that is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from stratagem import Run, WorkflowError, jsonable

DIGEST_BYTES = 12


def results_of(run: Run, mask: Callable[[Any], Any], *, values: bool) -> tuple[dict[str, Any], WorkflowError | None]:
    """The result and the variables at the end as digests by name, and the error of a result that can't be resolved."""
    error: WorkflowError | None = None
    result: Any = None
    if run.plan.result is not None and run.frame.error is None:
        try:
            result = run.plan.result(run.frame.scope)
        except WorkflowError as raised:
            error = raised
    variables = run.frame.scope.variables.snapshot()
    result, variables = mask(result), mask(variables)
    told: dict[str, Any] = {"result": digest(result), "variables": {n: digest(v) for n, v in variables.items()}}
    if values:
        told["values"] = {"result": result, "variables": variables}
    return told, error


def digest(value: Any) -> str:
    """BLAKE2b of the value's canonical JSON, in which secrets are ``***``; equal values have equal digests."""
    text = json.dumps(jsonable(value), sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).hexdigest()


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names whose values differ, or that only one of both has."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
