"""What structs whose fields never change are made of, and how those that have a `type` get it."""

from __future__ import annotations

import re
from typing import dataclass_transform

from msgspec import Struct, field

_WORDS = re.compile(r"[A-Z][a-z]*")


def full_name(name: str) -> str:
    """The `type` of structs that are named after it: `code_cell_started` for CodeCellStarted."""
    return "_".join(_WORDS.findall(name)).lower()


def name_of_form(name: str) -> str:
    """The `type` of one form among several whose names end alike: `code_cell` for CodeCellProducer."""
    return "_".join(_WORDS.findall(name)[:-1]).lower()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Immutable(Struct, frozen=True):
    """A struct whose fields are not assigned again; so is every struct that inherits from it."""


class Value(Immutable, gc=False):
    """An immutable struct without cycles: the garbage collector never looks at it."""


class Form(Value, tag=name_of_form, tag_field="type"):
    """A value that comes in several forms, told apart by their `type`."""
