"""Enough of JSON Schema to hold the output of commands to what `help schema` says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

KNOWN = {
    "$schema", "title", "description", "type", "enum", "minimum", "properties", "required",
    "additionalProperties", "items",
}  # fmt: skip
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None),
}  # fmt: skip


def violations(schema: dict[str, Any], value: Any, path: str = "$") -> Iterator[str]:
    """Where a value is not what a schema says."""
    assert schema.keys() <= KNOWN, f"{path}: this check does not know {schema.keys() - KNOWN}"
    types = schema.get("type", list(TYPES))
    if not any(_is(value, one) for one in ([types] if isinstance(types, str) else types)):
        yield f"{path}: {value!r} is no {types}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if "minimum" in schema and value is not None and value < schema["minimum"]:
        yield f"{path}: {value!r} is below {schema['minimum']}"
    if isinstance(value, list) and "items" in schema:
        for at, one in enumerate(value):
            yield from violations(schema["items"], one, f"{path}[{at}]")
    if isinstance(value, dict):
        yield from _field_violations(schema, value, path)


def _field_violations(schema: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}: no {name}"
    for name, inner in value.items():
        known = schema.get("properties", {}).get(name, schema.get("additionalProperties", True))
        if known is False:
            yield f"{path}: {name} is not in the schema"
        elif isinstance(known, dict):
            yield from violations(known, inner, f"{path}.{name}")


def _is(value: Any, name: str) -> bool:
    if name == "integer" and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[name])
