"""What the JSON schemas are written with."""

from __future__ import annotations

from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
BOOLEAN: Schema = {"type": "boolean"}
BOOLEAN_OR_NULL: Schema = {"type": ["boolean", "null"]}
STRING_OR_NULL: Schema = {"type": ["string", "null"]}
INTEGER_OR_NULL: Schema = {"type": ["integer", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: Schema = {"type": ["integer", "null"], "minimum": 0}


def object_with(fields: dict[str, Schema]) -> Schema:
    """An object with exactly these fields."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def document(description: str, fields: dict[str, Schema]) -> Schema:
    """What a command prints."""
    return said(object_with(fields), description)


def list_of(items: Schema, description: str = "") -> Schema:
    """A list of any length."""
    return said({"type": "array", "items": items}, description)


def map_of(values: Schema, description: str = "") -> Schema:
    """An object with any names, each with such a value."""
    return said({"type": "object", "additionalProperties": values}, description)


def one_of(*words: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(words)}


def said(schema: Schema, description: str) -> Schema:
    """A schema with words about it, if any."""
    return schema | ({"description": description} if description else {})
