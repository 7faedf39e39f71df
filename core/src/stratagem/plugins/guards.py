"""Guards around implementations: whatever goes wrong in one is told with the plugin's name and distribution."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from stratagem.errors import BadRevision, HookMisuse, StratagemError, describe
from stratagem.hookspecs import hookimpl
from stratagem.plan import Plan, sign
from stratagem.plugins.implementations import Implementation
from stratagem.strategies import Provided

Guard = Callable[..., Any]


def guard(implementation: Implementation) -> Guard:
    """The implementation, marked as it was; raises HookMisuse where it raises or answers with the wrong type.

    StratagemErrors that it raises pass unchanged, and so does what a wrapper is handed from inside.
    """
    if implementation.wrapper:
        return hookimpl(wrapper=True)(_wrapper(implementation))
    return hookimpl(trylast=implementation.fallback)(_base(implementation))


def _base(implementation: Implementation) -> Guard:
    @wraps(implementation.function)
    def answer(*args: Any, **kwargs: Any) -> Any:
        with _blaming(implementation):
            result = implementation.function(*args, **kwargs)
        if result is not None:
            _check(implementation, result)
        _label(implementation, result)
        return result

    return answer


def _wrapper(implementation: Implementation) -> Guard:
    @wraps(implementation.function)
    def answer(*args: Any, **kwargs: Any) -> Generator[None, Any, Any]:
        with _blaming(implementation):
            inside = implementation.function(*args, **kwargs)
            _enter(implementation, inside)
        try:
            inner = yield
        except BaseException as error:
            with _blaming(implementation, passing=error):
                result = _leave(implementation, inside, inside.throw, error)
        else:
            with _blaming(implementation):
                result = _leave(implementation, inside, inside.send, inner)
        if result is not None or not implementation.contract.optional:
            _check(implementation, result)
        if isinstance(result, Plan):
            sign(result, implementation.plugin.label)
        _label(implementation, result)  # no-op for the inner answer, which has its label
        return result

    return answer


def _label(implementation: Implementation, result: Any) -> None:
    if isinstance(result, Provided) and not result.provider:
        result.provider, result._answered_by = implementation.plugin.label, implementation.plugin


@contextmanager
def _blaming(implementation: Implementation, passing: BaseException | None = None) -> Iterator[None]:
    try:
        yield
    except BadRevision as error:
        for problem in error.problems:
            problem.provider = problem.provider or implementation.plugin.label
        raise
    except StratagemError:
        raise
    except Exception as error:
        if error is passing:
            raise
        raise implementation.misuse(f"raised {describe(error)}") from error


def _enter(implementation: Implementation, inside: Generator[None, Any, Any]) -> None:
    try:
        next(inside)
    except StopIteration:
        raise implementation.misuse("has a wrapper that returned before it yielded") from None


def _leave(
    implementation: Implementation, inside: Generator[None, Any, Any], resume: Callable[[Any], Any], given: Any
) -> Any:
    try:
        resume(given)
    except StopIteration as stop:
        return stop.value
    inside.close()
    raise implementation.misuse("has a wrapper that yields more than once")


def _check(implementation: Implementation, result: Any) -> None:
    expected = implementation.contract.answer
    if not isinstance(result, expected):
        raise _wrong_answer(implementation, result, expected)


def _wrong_answer(implementation: Implementation, result: Any, expected: type[Any]) -> HookMisuse:
    given = "None" if result is None else f"{result!r} of type {type(result).__qualname__}"
    hint = "A wrapper returns what is to be used, the inner answer or another." if implementation.wrapper else None
    return implementation.misuse(f"is answered with {given}, not a {expected.__name__}", hint)
