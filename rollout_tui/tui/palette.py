"""The command palette: everything the screen offers, by name, with its keys."""

from __future__ import annotations

from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider

from rollout_tui.tui.offers import Offer


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
            score = matcher.match(_words(offer))
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
