"""What to do when no service is understood."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import InContext, carry_out, decision_in_context, finder_guess, suggest
from actions.turn import ranking_of, send, slot_number, text_of
from bot.answers.choice import search_pages
from bot.answers.knowledge import Knowledge


class ActionSearch(InContext):
    """Page search, and a human after two misses in a row."""

    def name(self) -> str:
        return "action_search"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
        """Free text while the finder asks is an answer to the finder."""
        if tracker.get_slot("finder"):
            guesses = finder_guess([service for service, _ in ranking_of(tracker)], known)
            if guesses:
                return suggest(dispatcher, known, guesses)
        decision = decision_in_context(tracker, known)
        if decision["kind"] != "search":
            return carry_out(dispatcher, tracker, known, decision)
        misses = slot_number(tracker, "misser") + 1
        send(dispatcher, search_pages(text_of(tracker), misses, known, confidence=decision["confidence"]))
        return [SlotSet("misser", float(misses))]
