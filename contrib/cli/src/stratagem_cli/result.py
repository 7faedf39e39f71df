"""The object that ``run --json`` prints."""

import json
from collections.abc import Mapping
from typing import Any

from attrs import asdict

from stratagem import (
    PluginFailed,
    RunResult,
    StepFailed,
    StratagemError,
    TooLarge,
    describe,
    jsonable,
    require_walkable,
)
from stratagem.hosting import TEXT_CHARS, cut
from stratagem_cli.console import Console
from stratagem_cli.failures import way_fields


def report(result: RunResult) -> dict[str, Any]:
    """The object for a run that has ended, with values as they are."""
    return {
        "status": result.status,
        "variables": result.variables,
        "outputs": result.outputs,
        "result": result.value,
        "steps": result.steps,
        "seconds": round(result.seconds, 6),
        "metrics": {name: asdict(measure) for name, measure in result.metrics.items()},
        "error": None if result.error is None else error_record(result.error),
        "failures": [error_record(failure) for failure in result.failures],
    }


def invalid(error: BaseException) -> dict[str, Any]:
    """The object where nothing could be run."""
    return {
        "status": "invalid",
        "variables": {},
        "outputs": {},
        "result": None,
        "steps": {},
        "seconds": 0.0,
        "metrics": {},
        "error": error_record(error),
        "failures": [],
    }


def error_record(error: BaseException) -> dict[str, Any]:
    """An error as a mapping; node and file are null where it concerns none, and a plugin is told with its distribution.

    That of a step that stands in a body tells the way to it, and ``passes``, those of the loops around it: ``pass``,
    ``of`` and ``item`` are those of the innermost one.
    """
    if not isinstance(error, StratagemError):
        return {"type": type(error).__name__, "message": describe(error), "node": None, "file": None}
    alone = error.problems == (error,) and not isinstance(error, PluginFailed)
    message = " ".join(filter(None, (cut(error.what, TEXT_CHARS), error.elsewhere))) if alone else str(error)
    told = {"type": type(error).__name__, "message": message, "node": error.node, "file": error.file}
    if error.key is not None:
        told["key"] = error.key
    way = error.way if isinstance(error, StepFailed) else None
    if way is None or not way.nested:
        return told
    return {**told, **way_fields(way), "passes": [asdict(each) for each in way.passes]}


def warn_of_large(result: RunResult, console: Console) -> None:
    """Tells what is not written as it is, because all of it would be too large."""
    outputs = {f"output {port!r} of {node!r}": v for node, ports in result.outputs.items() for port, v in ports.items()}
    variables = {f"variable {name!r}": value for name, value in result.variables.items()}
    for name, value in {**outputs, **variables, "result": result.value}.items():
        try:
            require_walkable(value, "written")
        except TooLarge as error:
            console.warn(f"--json: {name} is cut: {error}")


def as_json(told: Mapping[str, Any], console: Console) -> str:
    """JSON text in one line, secrets masked in all values."""
    plain = {key: console.masked(jsonable(value)) for key, value in told.items()}
    return json.dumps(plain, allow_nan=False)
