"""Fields whose keys are given to them one by one; none waits in a queue of its own and is overtaken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.widgets import Input


def actions_of(bindings: Iterable[BindingType]) -> Mapping[str, str]:
    """The action by the name of each key."""
    return {
        key.strip(): binding.action
        for binding in bindings
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }


EDITS = actions_of(Input.BINDINGS)
"""What keys do in a field."""


async def type_into(field: Input, typed: Key | Paste) -> bool:
    """Insert what was typed or pasted (as one line), or do what the key does in a field; False if nothing."""
    if isinstance(typed, Paste):
        field.insert_text_at_cursor(" ".join(typed.text.split()))
    elif typed.key in EDITS:
        await field.run_action(EDITS[typed.key])
    elif typed.is_printable and typed.character is not None:
        field.replace(typed.character, *field.selection)
    else:
        return False
    return True
