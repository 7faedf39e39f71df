"""The lenient nodes of this dialect, which do not fail: flows are written to go on."""

import inspect
import typing
from collections.abc import Callable
from functools import wraps
from inspect import Parameter
from typing import Any, Final, TypeVar

import attrs

from stratagem import NOTHING, Context, Nothing, text_of
from stratagem_casare.nodes.registry import pack

F = TypeVar("F", bound=Callable[..., Any])

UNUSABLE: Final = (ValueError, TypeError, LookupError, ArithmeticError)
"""The errors of the functions that data nodes are made of, for an input that is missing or of the wrong kind."""

UNABLE: Final = (OSError, *UNUSABLE)
"""The errors for work that can't be done: files that are not there, servers that do not answer."""

Failed = Callable[[Context, Exception], Any]


def data_node(name: str, **traits: Any) -> Callable[[F], F]:
    """Registers a plain function as a node of data.

    Where it can't make anything of what it is given, it gives no outputs and logs a warning. ``traits`` are those of
    `Pack.node`. The function itself is handed back: called directly, it raises.
    """

    def register(function: F) -> F:
        annotation = typing.get_type_hints(function)["return"]
        pack.node(name, **{"effect": "pure", **traits})(_lenient(function, UNUSABLE, _nothing, annotation | Nothing))
        return function

    return register


def action_node(name: str, **traits: Any) -> Callable[[F], F]:
    """Registers a function that gives an attrs class with a field ``success``, and perhaps ``error``.

    Where it can't do its work, ``success`` is False, ``error`` the reason, the other outputs are not given, and a
    warning is logged. The function itself is handed back: called directly, it raises.
    """

    def register(function: F) -> F:
        result = typing.get_type_hints(function)["return"]
        says_why = any(field.name == "error" for field in attrs.fields(result))

        def failure(context: Context, error: Exception) -> Any:
            context.log.warning("%s: %s", context.node_id, _reason(error))
            return result(success=False, error=_reason(error)) if says_why else result(success=False)

        pack.node(name, **traits)(_lenient(function, UNABLE, failure, result))
        return function

    return register


def _nothing(context: Context, error: Exception) -> Nothing:
    context.log.warning("%s gives nothing: %s", context.node_id, _reason(error))
    return NOTHING


def _reason(error: Exception) -> str:
    return text_of(error) or type(error).__name__


def _lenient(function: Callable[..., Any], caught: tuple[type[Exception], ...], failed: Failed, gives: Any) -> Any:
    """The function with a context, whose errors are handed to ``failed``; its signature is what the pack reads."""
    wants_context = "context" in inspect.signature(function).parameters

    @wraps(function)
    def call(context: Context, **inputs: Any) -> Any:
        try:
            return function(**inputs)
        except caught as error:
            return failed(context, error)

    @wraps(function)
    async def call_async(context: Context, **inputs: Any) -> Any:
        if wants_context:
            inputs["context"] = context
        try:
            return await function(**inputs)
        except caught as error:
            return failed(context, error)

    @wraps(function)
    def call_with_context(context: Context, **inputs: Any) -> Any:
        try:
            return function(context=context, **inputs)
        except caught as error:
            return failed(context, error)

    if inspect.iscoroutinefunction(function):
        return _shaped(call_async, function, gives)
    if wants_context:
        return _shaped(call_with_context, function, gives)
    return _shaped(
        _written_out(function, call, caught, failed) if _has_plain_parameters(function) else call, function, gives
    )


def _has_plain_parameters(function: Callable[..., Any]) -> bool:
    """Return whether all its parameters can be handed on by position."""
    return all(each.kind is Parameter.POSITIONAL_OR_KEYWORD for each in inspect.signature(function).parameters.values())


def _written_out(function: Any, call: Any, caught: tuple[type[Exception], ...], failed: Failed) -> Any:
    """Return what ``call`` does with its parameters written out: handing on ``**inputs`` takes as long as a step.

    Where a parameter without a default is missing, ``call`` finds that out and says so.
    """
    parameters = inspect.signature(function).parameters
    names = ", ".join(parameters)
    needed = [name for name, each in parameters.items() if each.default is Parameter.empty]
    source = f"""
def call(context, {names}):
    if {" or ".join(f"{name} is _missing" for name in needed) or "False"}:
        return _call(context, {", ".join(f"{name}={name}" for name in parameters)})
    try:
        return _function({names})
    except _caught as error:
        return _failed(context, error)
"""
    missing = object()

    def call_with_the_others(context: Context, **inputs: Any) -> Any:
        return call(context, **{name: value for name, value in inputs.items() if value is not missing})

    known = {"_call": call_with_the_others, "_function": function, "_caught": caught, "_failed": failed}
    known["_missing"] = missing
    exec(source, known)
    written: Any = known["call"]
    written.__defaults__ = tuple(missing if name in needed else each.default for name, each in parameters.items())
    return wraps(function)(written)


def _shaped(call: Any, function: Callable[..., Any], gives: Any) -> Any:
    signature = inspect.signature(function)
    parameters = [each for each in signature.parameters.values() if each.name != "context"]
    context = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=Context)
    call.__signature__ = signature.replace(parameters=[context, *parameters])
    call.__annotations__ = {**typing.get_type_hints(function), "context": Context, "return": gives}
    return call
