"""The command palette: everything the screen offers, by name, with its keys.

It is Textual's, with what is typed in its order: each key waits until the one before it is answered.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from textual.command import Command, CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.events import Key, Paste
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from rollout_tui.tui.widgets.field import actions_of, type_into

if TYPE_CHECKING:
    from rollout_tui.tui.app import RolloutApp
    from rollout_tui.tui.offers import Offer

MOVES = actions_of(CommandPalette.BINDINGS)


class Palette(CommandPalette):
    """Everything the screen below offers; `searching` while the list is not that of what was typed.

    Textual looks for it in a worker. A key that is answered meanwhile would find the list from before.
    """

    searching = True

    async def take(self, typed: Key | Paste) -> bool:
        """Handle what was typed; False if it means nothing here."""
        field = self.query_one(Input)
        before = field.value
        if isinstance(typed, Key) and typed.key == "enter":
            self._choose()
        elif isinstance(typed, Key) and typed.key in MOVES:
            await self.run_action(MOVES[typed.key])
        elif not await type_into(field, typed):
            return False
        self.searching = field.value != before
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The list is that of what was typed, or will never be."""
        if event.state in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED):
            self.searching = False
            app = cast("RolloutApp", self.app)
            app.call_later(app.take_held)

    def _choose(self) -> None:
        listed = self.query_one(CommandList)
        chosen = listed.highlighted_option
        if isinstance(chosen, Command):
            self.dismiss()
            self.app.call_later(chosen.hit.command)


@runtime_checkable
class Offering(Protocol):
    """A screen that has something to choose from."""

    def offers(self) -> list[Offer]:
        """What can be chosen here."""

    def take(self, offer_id: str) -> None:
        """Do what was chosen."""


class ActionProvider(Provider):
    """What the screen below the palette offers."""

    async def discover(self) -> Hits:
        """All of it, while nothing is typed."""
        for offer in self._offers():
            yield DiscoveryHit(_words(offer), partial(self._take, offer), help=offer.group)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for offer in self._offers():
            # By its words, or by the name that the settings have for it.
            score = max(matcher.match(_words(offer)), matcher.match(offer.id))
            if score > 0:
                yield Hit(
                    score, matcher.highlight(_words(offer)), partial(self._take, offer), help=offer.group
                )

    def _offers(self) -> list[Offer]:
        return self.screen.offers() if isinstance(self.screen, Offering) else []

    def _take(self, offer: Offer) -> None:
        if isinstance(self.screen, Offering):
            self.screen.take(offer.id)


def _words(offer: Offer) -> str:
    return f"{offer.words}   {offer.keys}"
