"""Format: reads what a file says into a Workflow."""

from abc import ABC, abstractmethod
from typing import ClassVar

from stratagem.formats.document import Document
from stratagem.formats.strict import PARSERS
from stratagem.model import Workflow


class Format(ABC):
    """A way to write workflows down; an instance is what an entry point of the group ``stratagem.format`` names.

    ``name`` is the name of that entry point, ``suffixes`` are those of its files (``.json``), and ``syntax`` is a name
    in `PARSERS`, or one of the format's own where it overrides `parse`. The ``builtin`` ones are asked first: a file that
    they recognise is theirs.
    """

    name: str
    suffixes: tuple[str, ...]
    syntax: ClassVar[str] = "json"
    builtin: ClassVar[bool] = False

    def parse(self, raw: bytes, source: str) -> Document:
        """The plain data of a file; formats of the same ``syntax`` share what one of them parsed. Raises BadFile."""
        return PARSERS[self.syntax](raw, source)

    @abstractmethod
    def recognises(self, head: Document) -> bool:
        """Return whether this looks like the format: a cheap look at the top level that never raises."""

    def can_say(self, name: str) -> bool:
        """Return whether templates of this format can read a variable or node that is called so."""
        from stratagem.templates.sayable import is_sayable

        return is_sayable(name)

    @abstractmethod
    def read(self, document: Document, source: str) -> Workflow:
        """The workflow that the document describes.

        Raises:
            WorkflowError: with everything that is wrong with it.
        """
