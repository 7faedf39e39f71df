"""The syntaxes that files are written in, each read strictly into plain data."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from stratagem.formats.document import Document
from stratagem.formats.json_syntax import read_json
from stratagem.formats.yaml_syntax import read_yaml

Parser = Callable[[bytes, str], Document]

PARSERS: Mapping[str, Parser] = MappingProxyType({"json": read_json, "yaml": read_yaml})
"""Name of a syntax → its parser."""

__all__ = ["PARSERS", "Parser", "read_json", "read_yaml"]
