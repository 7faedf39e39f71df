"""Calls with a time limit of their own, which nobody else's cancellation reaches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple, Unpack

from anyio import CancelScope, current_time, get_cancelled_exc_class

from stratagem import being_cancelled

T = TypeVar("T")
P = TypeVarTuple("P")


async def bounded(
    limit: float, call: Callable[[Unpack[P]], Awaitable[T]], *args: *P
) -> tuple[T, None] | tuple[None, Exception]:
    """Return what the call gives, or what it raises: TimeoutError where it took longer than ``limit`` seconds."""
    with CancelScope(deadline=current_time() + limit, shield=True) as scope:
        try:
            return await call(*args), None
        except Exception as error:
            return None, error
        except get_cancelled_exc_class():
            if scope.cancel_called or being_cancelled():
                raise
            return None, RuntimeError("it was cancelled from within")
    return None, TimeoutError(f"it took longer than {limit:g} s")
