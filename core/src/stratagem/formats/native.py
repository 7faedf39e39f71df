"""The native format: workflows as people write them, in JSON and in YAML."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from stratagem.formats import fields
from stratagem.formats.base import Format
from stratagem.formats.document import Document
from stratagem.formats.fields import Convert
from stratagem.formats.native_graph import GRAPH, GraphReader
from stratagem.formats.reader import Reader
from stratagem.model import Limits, Settings, Workflow

VERSION = 1
"""The version of the format, as in the key ``stratagem``."""


def _version(value: Any) -> int:
    if type(value) is not int or value != VERSION:
        raise ValueError(f"{VERSION}, the version of the format that this release reads")
    return value


TOP: Mapping[str, Convert] = MappingProxyType(
    {
        "stratagem": _version,
        "name": fields.any_text,
        "description": fields.any_text,
        "variables": fields.table,
        "temporary": fields.names,
        "settings": fields.anything,
        **GRAPH,
        "metadata": fields.table,
    }
)
SETTINGS: Mapping[str, Convert] = MappingProxyType(
    {
        "on_error": fields.on_error,
        "timeout": fields.time_limit,
        "step_timeout": fields.time_limit,
        "concurrency": fields.count,
        "limits": fields.anything,
        "seed": fields.whole,
    }
)
LIMITS: Mapping[str, Convert] = MappingProxyType(dict.fromkeys(("types", "kinds", "groups"), fields.table))


class NativeFormat(Format):
    """Stratagem's own format in one of its syntaxes."""

    builtin: ClassVar[bool] = True

    def __init__(self, name: str, suffixes: tuple[str, ...]) -> None:
        self.name = name
        self.suffixes = suffixes

    def recognises(self, head: Document) -> bool:
        """A table with the key ``stratagem``, or a list of ``nodes``."""
        data = head.data
        return isinstance(data, dict) and ("stratagem" in data or isinstance(data.get("nodes"), list))

    def read(self, document: Document, source: str) -> Workflow:
        """The workflow; unknown keys, wrong types, duplicate ids and dangling connections are raised together."""
        reader = Reader(document, source)
        top = reader.fields(document.data, TOP, required=("nodes",))
        graph = GraphReader(reader).graph(top, part=document.data)
        settings = _settings(reader, top.get("settings", {}), document.data)
        metadata = _metadata(reader, top, document.data)
        workflow = Workflow(
            nodes=graph.nodes,
            connections=graph.connections,
            result=graph.result,
            name=top.get("name", ""),
            variables=top.get("variables", {}),
            temporary=top.get("temporary", ()),
            settings=settings,
            source=source,
            metadata=metadata,
        )
        reader.refuse(workflow)
        return workflow


class _Yaml(NativeFormat):
    syntax: ClassVar[str] = "yaml"


def _settings(reader: Reader, value: Any, part: object) -> Settings:
    found = reader.fields(value, SETTINGS, key="settings", inside=part)
    if "limits" in found:
        found["limits"] = _limits(reader, found["limits"], value)
    return Settings(**found)


def _limits(reader: Reader, value: Any, part: object) -> Limits:
    found = reader.fields(value, LIMITS, key="settings.limits", inside=part)
    bounds = {
        kind: reader.fields(table, dict.fromkeys(table, fields.count), key=f"settings.limits.{kind}", inside=part)
        for kind, table in found.items()
    }
    return Limits(**bounds)


def _metadata(reader: Reader, top: Mapping[str, Any], part: object) -> dict[str, Any]:
    metadata = dict(top.get("metadata", {}))
    if "description" in top:
        if "description" in metadata:
            reader.complain("the description is given twice", part=part, key="metadata.description")
        metadata["description"] = top["description"]
    return metadata


json_format = NativeFormat("json", (".json",))
yaml_format = _Yaml("yaml", (".yaml", ".yml"))
