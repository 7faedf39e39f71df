"""The formats that files may be written in: core's own, and those of installed distributions."""

import logging
from collections.abc import Iterator

from stratagem.errors import PluginConflict, PluginError, PluginImportError
from stratagem.formats.base import Format
from stratagem.formats.document import Document
from stratagem.formats.native import json_format, yaml_format
from stratagem.model import Workflow
from stratagem.plugins.base import Finding
from stratagem.plugins.discovery import FORMAT, Installed, Offered

log = logging.getLogger("stratagem.formats")

OWN: tuple[Format, ...] = (json_format, yaml_format)
OWN_NAMES = tuple(each.name for each in OWN)


class UnusableFormat(Format):
    """Stands for a format that can't be imported: it recognises no file, and where it is named it says why."""

    suffixes: tuple[str, ...] = ()

    def __init__(self, name: str, error: PluginError) -> None:
        self.name = name
        self.error = error

    def parse(self, raw: bytes, source: str) -> Document:
        """Raises the PluginError that importing it gave."""
        raise self.error

    def recognises(self, head: Document) -> bool:
        """No file."""
        return False

    def read(self, document: Document, source: str) -> Workflow:
        """Raises as `parse`."""
        raise self.error


class LateFormat(Format):
    """A format of an installed distribution, imported when it is first asked about a file.

    One with a full name shares its own with another: it is there for who names it, and is asked about no file.
    """

    def __init__(self, installed: Installed, name: str) -> None:
        self.name = name
        self._only_named = ":" in name
        self._installed = installed
        self._format: Format | None = None

    @property
    def suffixes(self) -> tuple[str, ...]:  # type: ignore[override]  # only known once it is imported
        """Those of the format itself, unless it has to be named."""
        return () if self._only_named else self._loaded().suffixes

    @property
    def syntax(self) -> str:  # type: ignore[override]  # only known once it is imported
        """That of the format itself."""
        return self._loaded().syntax

    def parse(self, raw: bytes, source: str) -> Document:
        """As the format itself; raises PluginError where it can't be imported."""
        return self._loaded().parse(raw, source)

    def recognises(self, head: Document) -> bool:
        """As the format itself."""
        return self._loaded().recognises(head)

    def can_say(self, name: str) -> bool:
        """As the format itself."""
        return self._loaded().can_say(name)

    def read(self, document: Document, source: str) -> Workflow:
        """As the format itself."""
        return self._loaded().read(document, source)

    def _loaded(self) -> Format:
        if self._format is None:
            self._format = _usable(self._installed, self.name)
            if isinstance(self._format, UnusableFormat):
                log.warning("the format %r can't be used: %s", self.name, self._format.error)
        return self._format


def offered_formats(installed: Installed) -> list[Format]:
    """Core's own formats first, then those of installed distributions by name, which are imported when they are needed.

    One that can't be used is warned of in the log, and raises its PluginError only when a file is read by its name.
    """
    late = [LateFormat(installed, name) for name in _others(installed)]
    return [*OWN, *late, *(UnusableFormat(name, error) for name, error in _shared(installed))]


def format_findings(installed: Installed) -> Iterator[Finding]:
    """Yield what ``stratagem plugins doctor`` tells of formats."""
    for name in _others(installed):
        known = _usable(installed, name)
        if isinstance(known, UnusableFormat):
            yield Finding("error", name, str(known.error), known.error.hint or "")
        else:
            yield Finding("ok", name, f"the format, from {installed.find(FORMAT, name).provider}")


def _others(installed: Installed) -> list[str]:
    """The names of all formats but core's own: full ones of those whose name alone stands for another, or for none."""
    offers = [each for each in installed.offered(FORMAT) if not (each.is_meant and each.name in OWN_NAMES)]
    return [each.name if _stands_for(installed, each) else each.full for each in offers]


def _stands_for(installed: Installed, offer: Offered) -> bool:
    try:
        return installed.find(FORMAT, offer.name) == offer
    except PluginConflict:
        return False


def _shared(installed: Installed) -> Iterator[tuple[str, PluginConflict]]:
    for name in installed.names(FORMAT):
        try:
            installed.find(FORMAT, name)
        except PluginConflict as error:
            yield name, error


def _usable(installed: Installed, name: str) -> Format:
    try:
        return load_format(installed, name)
    except PluginError as error:
        return UnusableFormat(name, error)


def load_format(installed: Installed, name: str) -> Format:
    """The format, imported now.

    Raises:
        PluginNotFound, PluginConflict, PluginImportError: as `Installed.load`, or the object is no such Format.
    """
    found = installed.load(FORMAT, name)
    offer = installed.find(FORMAT, name)
    if not isinstance(found, Format):
        raise PluginImportError(f"expected a Format at {offer.value!r}, got {found!r}", provider=offer.provider)
    if found.name != offer.name:
        raise PluginImportError(
            f"the format {found.name!r} is offered under the name {offer.name!r}",
            provider=offer.provider,
            hint="The entry point must have the format's own name.",
        )
    return found
