"""Loading one entry point through stevedore, from live metadata."""

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

from stevedore import NamedExtensionManager

if TYPE_CHECKING:
    _Manager = NamedExtensionManager[Any]
else:  # not generic at run time in its older versions
    _Manager = NamedExtensionManager


class LiveManager(_Manager):
    """Manages exactly the entry point it is given, so that neither stevedore's disk cache nor its choice among
    duplicates is asked."""

    def __init__(self, entry_point: EntryPoint) -> None:
        self._entry_point = entry_point
        super().__init__(
            entry_point.group,
            [entry_point.name],
            on_load_failure_callback=_raise,
            on_missing_entrypoints_callback=None,
        )

    def list_entry_points(self) -> list[EntryPoint]:
        """The one entry point."""
        return [self._entry_point]


def load_entry_point(entry_point: EntryPoint) -> Any:
    """The object, whatever its truth value; raises what its module raises."""
    return LiveManager(entry_point).extensions[0].plugin


def _raise(manager: object, entry_point: EntryPoint, error: BaseException) -> None:
    raise error
