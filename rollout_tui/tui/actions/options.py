"""Options among what is typed behind a `:` command."""

from __future__ import annotations

import re

_OPTION = re.compile(r"(?<!\S)--\S*")


def options_of(argument: str) -> tuple[set[str], str]:
    """The words that begin with `--`, wherever they stand, and the rest: none becomes part of a name."""
    return set(_OPTION.findall(argument)), _OPTION.sub("", argument).strip()
