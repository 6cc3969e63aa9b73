"""A conversation kept item by item, for harnesses that keep none of their own."""

from __future__ import annotations

from typing import Any

from rollout_tui.recorder.agent_thread import AgentThread
from rollout_tui.recorder.items import Item, agent_message, items_in_form, text_message, tool_output
from rollout_tui.recorder.sources import IdSource

_PREFIXES = {
    "reasoning": "rs",
    "function_call": "fc",
    "custom_tool_call": "ctc",
    "function_call_output": "fco",
    "custom_tool_call_output": "ctco",
    "agent_message": "amsg",
    "compaction": "cmp",
}
"""How the id of an item begins, by its type."""


class Conversation:
    """The items that one thread's requests repeat, each with an id, recorded as accepted when added.

    It works whether or not recording is on. Requests made by it repeat every item, equal to the byte, which
    is what keeps a trace small to compare and quick to reduce.
    """

    def __init__(self, thread: AgentThread, new_id: IdSource) -> None:
        self.thread = thread
        self.items: list[Item] = []
        self._new_id = new_id

    def add(self, *items: object) -> list[Item]:
        """Append items, an output of a model call for instance; those without an id get one. Returns them."""
        added = [self._named(item) for item in items_in_form(list(items))]
        self.items += added
        for item in added:
            if item["type"] == "agent_message":
                self.thread.receive(item)
            else:
                self.thread.accept(item["id"])
        return added

    def message(self, role: str, text: str) -> Item:
        """Append a message: `role` is `developer`, `user`, ..."""
        return self.add(text_message(role, text))[0]

    def output(self, call_id: str, output: object, *, custom: bool = False) -> Item:
        """Append what a tool call gave the model."""
        return self.add(tool_output(call_id, output, custom=custom))[0]

    def from_agent(self, author: AgentThread, text: str) -> Item:
        """Append a message of another agent."""
        recipient = self.thread.agent_path
        return self.add(agent_message(author.agent_path, recipient, text, item_id=f"amsg_{self._new_id()}"))[
            0
        ]

    def replace(self, *items: object) -> None:
        """Go on with these items instead, after a compaction; its installation has recorded them."""
        self.items = [self._named(item) for item in items_in_form(list(items))]

    def request(self, model: str, **fields: Any) -> dict[str, Any]:
        """Return a request with all items, its keys in the order in which the Codex CLI sends them."""
        return {"model": model, "stream": True, "input": list(self.items), **fields}

    def _named(self, item: Item) -> Item:
        if isinstance(item.get("id"), str):
            return item
        rest = {name: value for name, value in item.items() if name not in ("type", "id")}
        return {"type": item["type"], "id": f"{_PREFIXES.get(item['type'], 'msg')}_{self._new_id()}", **rest}
