"""Formats: what reads a file into a Workflow, and back."""

from stratagem.formats.base import Format
from stratagem.formats.document import Document
from stratagem.formats.read import read_workflow
from stratagem.formats.reader import Reader
from stratagem.formats.write import dump_workflow

__all__ = ["Document", "Format", "Reader", "dump_workflow", "read_workflow"]
