"""The formats of installed distributions, each imported when it is first asked."""

from functools import cached_property

from stratagem.errors import PluginError, PluginImportError
from stratagem.formats.base import Format
from stratagem.formats.document import Document
from stratagem.formats.native import json_format, yaml_format
from stratagem.model import Workflow
from stratagem.plugins.discovery import FORMAT, Installed


def offered_formats(installed: Installed) -> list[Format]:
    """Core's own formats, then those of other distributions by name."""
    own = [json_format, yaml_format]
    taken = {format.name for format in own}
    return [*own, *(OfferedFormat(name, installed) for name in installed.names(FORMAT) if name not in taken)]


class OfferedFormat(Format):
    """Stands for a format that has not been imported; one that can't be is told when it is used by name."""

    def __init__(self, name: str, installed: Installed) -> None:
        self.name = name
        self._installed = installed

    @property
    def suffixes(self) -> tuple[str, ...]:  # type: ignore[override]  # read-only here: the format's own are told
        """Those of the format; none if it can't be imported, so that no file is read with it unasked."""
        return () if isinstance(self._found, PluginError) else self._found.suffixes

    @property
    def syntax(self) -> str:  # type: ignore[override]  # a class variable elsewhere: here the format's own is told
        """That of the format."""
        return self._format.syntax

    def parse(self, raw: bytes, source: str) -> Document:
        """As the format does; raises PluginError if it can't be imported."""
        return self._format.parse(raw, source)

    def recognises(self, head: Document) -> bool:
        """Whether the format does; one that can't be imported does not."""
        return not isinstance(self._found, PluginError) and self._found.recognises(head)

    def read(self, document: Document, source: str) -> Workflow:
        """As the format does; raises PluginError if it can't be imported."""
        return self._format.read(document, source)

    @property
    def _format(self) -> Format:
        if isinstance(self._found, PluginError):
            raise self._found
        return self._found

    @cached_property
    def _found(self) -> Format | PluginError:
        try:
            found = self._installed.load(FORMAT, self.name)
        except PluginError as error:
            return error
        if isinstance(found, Format):
            return found
        offer = self._installed.find(FORMAT, self.name)
        return PluginImportError(f"{offer.value!r} is no Format but {found!r}", provider=offer.provider)
