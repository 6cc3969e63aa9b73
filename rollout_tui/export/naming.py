"""How an account names what it tells of, as it is or with what was said replaced.

Ids, the root agent and the tools that the format knows keep their names, as in a redacted bundle; what stands
in the place of an id but is unlike one (a path, a host, an address) is replaced like text.
"""

from __future__ import annotations

from rollout_tui.debugger.names import cell_label, tool_name
from rollout_tui.export.redaction_words import ID, WORDS
from rollout_tui.export.wanted import Said
from rollout_tui.graph.objects import CodeCell, ToolCall

ROOT = "/root"


class Naming:
    """Names of things; `text` is what becomes of everything that was said."""

    def __init__(self, said: Said) -> None:
        self.text = said

    def id(self, one: str) -> str:
        """An id, kept where it looks like one."""
        return one if ID.fullmatch(one) else self.text(one)

    def agent(self, path: str) -> str:
        """An agent path."""
        return path if path == ROOT else self.text(path)

    def tool(self, name: str) -> str:
        """The name of a tool."""
        return name if name in WORDS["name"] else self.text(name)

    def call(self, call: ToolCall) -> str:
        """The name of the tool that is called."""
        return self.tool(tool_name(call.kind))

    def cell(self, cell: CodeCell) -> str:
        """E.g. `cell 2`."""
        kind, _, cell_id = cell_label(cell).partition(" ")
        return f"{kind} {self.id(cell_id)}"
