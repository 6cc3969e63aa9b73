"""What structs whose fields never change are made of, and how those that have a `type` get it."""

from __future__ import annotations

from typing import dataclass_transform

from msgspec import Struct, field


def full_name(name: str) -> str:
    """The `type` of structs that are named after it: `code_cell_started` for CodeCellStarted."""
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")


def name_of_form(name: str) -> str:
    """The `type` of one form among several whose names end alike: `code_cell` for CodeCellProducer."""
    return full_name(name).rpartition("_")[0]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Immutable(Struct, frozen=True):
    """A struct whose fields are not assigned again; so is every struct that inherits from it."""


class Value(Immutable, gc=False):
    """An immutable struct without cycles: the garbage collector never looks at it."""


class Form(Value, tag=name_of_form, tag_field="type"):
    """A value that comes in several forms, told apart by their `type`."""
