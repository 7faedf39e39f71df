"""Factory: what a provider's author writes; it makes, checks and closes the members of a pool."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from attrs import field, frozen

from stratagem import ResourceRequest, ResourceUnavailable, nearest

if TYPE_CHECKING:
    from stratagem import StepRun

M = TypeVar("M")


@frozen
class Key:
    """The key that members are told apart by: requests with equal keys can be served by the same member.

    ``labels`` are those of the request, ``text`` is their canonical form, by which keys are compared.
    """

    text: str
    session: str | None
    """The session that members of it belong to."""
    labels: Mapping[str, Any] = field(eq=False, repr=False)

    @classmethod
    def of(cls, request: ResourceRequest) -> Key:
        """The key of a request; raises ResourceUnavailable for labels that are no plain data."""
        try:
            text = json.dumps(dict(request.labels), sort_keys=True)
        except (TypeError, ValueError) as error:
            what = f"the labels of a {request.kind!r} must be plain data: {error}"
            raise ResourceUnavailable(what, retryable=False) from error
        return cls(text, request.session, request.labels)


class Factory(ABC, Generic[M]):
    """Makes the members of one pool.

    All but `key`, `most`, `uses`, `fit`, `lend`, `use`, `lost` and `describe` run in tasks of the pool, shielded from whoever waits for a member, and
    each call has a time limit of its own (see `PoolSettings`), at which it is cancelled: a factory that is cancelled
    while it makes something has to close what it has made by then. Whatever is raised retires the member.

    ``labels`` are the names that requests may use, ``paths`` those of them whose texts are paths: they come to the
    factory absolute, from the folder of the file that says them.
    """

    labels: ClassVar[tuple[str, ...]] = ()
    paths: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    async def create(self, key: Any) -> M:
        """A new member for requests with this key."""

    @abstractmethod
    async def close(self, member: M) -> None:
        """Ends the member; it is called once for each, whatever its state."""

    async def check(self, member: M) -> bool:
        """Return whether the member is well.

        Asked after a longer idle time, and after a lease that ended with an error.
        """
        return True

    async def reset(self, member: M) -> None:
        """Cleans the member after each lease, before it is idle again."""

    def lend(self, member: M, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
        """Return what the step is given of the member; entered and left in the step's own task.

        The member itself, unless overridden. What is given must be of no use after the context: give a handle that can
        be closed where the member is used again.
        """
        return nullcontext(member)

    def use(self, member: M, step: StepRun, given: Any) -> AbstractAsyncContextManager[Any]:
        """Return what a step gets of a member whose lease another step holds; entered and left in the step's own task.

        ``given`` is what `lend` gave, and stays what the step gets unless overridden. A failure of the step passes
        through the context. Raises ResourceLost, on entering, where the member has ended meanwhile.
        """
        return nullcontext(given)

    def key(self, request: ResourceRequest) -> Hashable:
        """Return what tells members apart, see `Key`; raises ResourceUnavailable for a request that can't be met."""
        for label in request.labels:
            if label not in self.labels:
                hint = nearest(label, self.labels) or f"There are: {', '.join(self.labels) or 'none'}."
                what = f"a {request.kind!r} has no label {label!r}"
                raise ResourceUnavailable(what, retryable=False, hint=hint)
        return Key.of(request)

    def most(self, key: Any) -> int | None:
        """Return how many members with this key there may be at once; None for any number. One of a named session."""
        return 1 if getattr(key, "session", None) is not None else None

    def uses(self, key: Any, limit: int | None) -> int | None:
        """Return how many leases a member with this key may serve, where the settings say ``limit``.

        None for any number.
        """
        return limit

    def fit(self, member: M) -> bool:
        """Return whether an idle member can be handed out, as far as that is known without asking it.

        One that is not is reset and checked first, and retired where it does not become fit.
        """
        return True

    def lost(self, member: M, error: Exception) -> bool:
        """Return whether an error that a step has raised tells that the member has ended."""
        return False

    def describe(self, member: M) -> str:
        """The member in messages."""
        return repr(member)
