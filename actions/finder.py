"""The welfare technology finder."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import entity_of, knowledge_of, send
from bot.answers.finder import ask_area, ask_need, show_suggestions


class ActionFinder(Action):
    """Asks for an area, then a need, then suggests."""

    def name(self) -> str:
        return "action_finder"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One question or the suggestions. `finder` is set while a question is open, so that free text can answer it."""
        known = knowledge_of(tracker)
        chosen = entity_of(tracker, "behov")
        if chosen is None:
            send(dispatcher, ask_area(known))
            return [SlotSet("finder", "omraade"), SlotSet("misser", None)]
        area = known.finder.area(chosen)
        if area is not None:
            send(dispatcher, ask_need(area, known))
            return [SlotSet("finder", "behov"), SlotSet("misser", None)]
        send(dispatcher, show_suggestions(known.finder.suggest([chosen]), known))
        return [SlotSet("finder", None), SlotSet("misser", None)]
