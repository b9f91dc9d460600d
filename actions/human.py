"""«Tal med et menneske», frustration, and questions on one's own case."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import OWN_CASE, own_case
from actions.turn import intent_of, knowledge_of, send
from bot.answers.human import offer_human


class ActionHuman(Action):
    """Tells how to reach a human and marks the reason for escalation."""

    def name(self) -> str:
        return "action_human"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Keeps the subject in hand: the human takes over from there."""
        known, intent = knowledge_of(tracker), intent_of(tracker)
        if intent == OWN_CASE:
            return own_case(dispatcher, tracker, known)
        send(dispatcher, offer_human(intent, tracker.get_slot("emne"), known))
        return [SlotSet("misser", None)]
