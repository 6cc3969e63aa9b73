"""The command palette: every action by name, with its keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from rollout_tui.tui.keys import ACTIONS, Action, key_label

if TYPE_CHECKING:
    from rollout_tui.tui.screens.debugger import DebuggerScreen


class ActionProvider(Provider):
    """Actions of the table of keys."""

    async def discover(self) -> Hits:
        """All of them, while nothing is typed."""
        for action in self._actions():
            yield DiscoveryHit(_words(action), partial(self._act, action), help=action.group)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for action in self._actions():
            score = matcher.match(_words(action))
            if score > 0:
                yield Hit(
                    score, matcher.highlight(_words(action)), partial(self._act, action), help=action.group
                )

    def _actions(self) -> list[Action]:
        return [one for one in ACTIONS if one.id not in ("palette", "interrupt")]

    def _act(self, action: Action) -> None:
        act = getattr(self.screen, "act", None)
        if act is not None:
            cast("DebuggerScreen", self.screen).act(action.id)


def _words(action: Action) -> str:
    keys = " ".join(key_label(key) for key in action.keys)
    return f"{action.description}   {keys}"
