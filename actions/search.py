"""What to do when no service is understood."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.service import finder_guess
from actions.turn import decision_of, knowledge_of, ranking_of, send, slot_number, text_of
from bot.answers.choice import search_pages
from bot.answers.finder import show_suggestions


class ActionSearch(Action):
    """Page search, and a human after two misses in a row."""

    def name(self) -> str:
        return "action_search"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Free text while the finder asks is an answer to the finder."""
        known = knowledge_of(tracker)
        if tracker.get_slot("finder"):
            guesses = finder_guess([service for service, _ in ranking_of(tracker)], known)
            if guesses:
                send(dispatcher, show_suggestions(guesses, known))
                return [SlotSet("finder", None), SlotSet("misser", None)]
        misses = slot_number(tracker, "misser") + 1
        confidence = decision_of(tracker)["confidence"]
        send(dispatcher, search_pages(text_of(tracker), misses, known, confidence=confidence))
        return [SlotSet("misser", float(misses))]
