"""Leases: what a node uses that holds resources for other steps."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol


class Leases(Protocol):
    """Leases that a node holds for steps other than itself; its type says of which kinds by ``holds`` or ``opens``.

    A step that needs a resource of a kind, and asks for none of its own, is given the lease of that kind that is held
    nearest around it; of several there the one that was opened last. A lease may have a ``name``, for steps that ask
    for that one. What is said here of labels, session and priority goes before what the workflow says of the node.
    A lease that is not shared is used by one step at a time.

    Raises, where a lease is opened:
        ResourceUnavailable: as providers raise it.
        NoProvider: nothing provides the kind.
    """

    def hold(
        self,
        kind: str,
        name: str = "",
        *,
        labels: Mapping[str, Any] | None = None,
        session: str | None = None,
        priority: float | None = None,
    ) -> AbstractAsyncContextManager[Any]:
        """A lease for the steps of this node's bodies, as long as the context lasts; gives the resource."""

    async def open(
        self,
        kind: str,
        name: str = "",
        *,
        labels: Mapping[str, Any] | None = None,
        session: str | None = None,
        priority: float | None = None,
    ) -> Any:
        """Opens a lease for the steps that come after this one, and gives the resource.

        What holds for a variable that is set here holds for it too: it is there for steps outside of the body that this
        one stands in, but not outside of a body that runs at the same time as others, or of a subflow. It is kept until
        `close`; at the end of such a body, of the subflow or of the run the kernel closes what is left, and warns of it
        where nothing has failed. One of this kind and name that is open in the same place is closed before.
        """

    async def close(self, kind: str, name: str | None = None) -> bool:
        """Closes the open lease of that name, without a name the one that steps would be given.

        Waits until no step uses it. Gives whether there was one.
        """

    def current(self, kind: str, name: str | None = None) -> Any:
        """The resource of the lease that a step here would be given; None if there is none."""
