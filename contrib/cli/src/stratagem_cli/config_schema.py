"""The config as a JSON Schema, for editors and for people who generate configs."""

from collections.abc import Mapping
from typing import Any

from stratagem import Config
from stratagem.hosting import schema_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ENV = {
    "type": "object",
    "description": "The value of an environment variable.",
    "properties": {"env": {"type": "string"}},
    "required": ["env"],
    "additionalProperties": False,
}


def config_schema(settings: Mapping[str, type], names: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """The JSON Schema of a whole config.

    Args:
        settings: the Settings class of each plugin, by its name in the config.
        names: for ``compile``, ``schedule``, ``resolve``, ``resource``, ``plugin`` the names that may be used; any
            where left out.
    """
    schema = schema_of(Config, lambda plain: plain)
    properties = schema["properties"]
    properties["settings"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: schema_of(cls, _or_env) for name, cls in settings.items()},
    }
    _name(properties, names or {})
    return {"$schema": DIALECT, **schema, "$defs": {"env": _ENV}}


def _or_env(plain: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [plain, {"$ref": "#/$defs/env"}]}


def _name(properties: dict[str, Any], names: Mapping[str, list[str]]) -> None:
    """Restricts what names plugins to the names that are known."""
    for hook in ("compile", "schedule", "resolve"):
        if hook in names:
            properties["strategy"]["properties"][hook]["enum"] = names[hook]
    if "resource" in names:
        properties["resources"]["additionalProperties"]["enum"] = names["resource"]
    if "plugin" in names:
        properties["plugins"]["properties"]["use"]["items"]["enum"] = names["plugin"]
