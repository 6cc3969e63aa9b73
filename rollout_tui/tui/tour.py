"""The tour: five steps over a small recording, each a sentence and a key to press."""

from __future__ import annotations

from typing import NamedTuple

from rollout_tui.tui.keys import key_of


class TourStep(NamedTuple):
    """What is said, `KEY` standing for the key of the action that leads to the next step."""

    words: str
    action: str


STEPS: tuple[TourStep, ...] = (
    TourStep("every pane shows the state as of one event. KEY goes to the next one", "event_next"),
    TourStep("KEY goes to the next wait; the line below the panes tells for what", "wait_next"),
    TourStep("KEY goes to the next failure, and the pane at the right to what it is", "problem_next"),
    TourStep("KEY shows what the model had in front of it here; 1 to 8 show more", "lens_context"),
    TourStep("KEY takes back any jump, place by place", "back"),
)
LAST_WORDS = "That was the tour. KEY has every key; :tour goes back to where you were"


class Tour:
    """How far somebody is."""

    def __init__(self) -> None:
        self._done = 0

    def acted(self, action_id: str) -> bool:
        """An action was done: if it is the one that was asked for, go on, and return True."""
        asked_for = self._done < len(STEPS) and action_id == STEPS[self._done].action
        self._done += asked_for
        return asked_for

    @property
    def sentence(self) -> str:
        """What to say: one line."""
        if self._done == len(STEPS):
            return LAST_WORDS.replace("KEY", key_of("help"))
        step = STEPS[self._done]
        return f"Tour {self._done + 1}/{len(STEPS)}: {step.words.replace('KEY', key_of(step.action))}"
