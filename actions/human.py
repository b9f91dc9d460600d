"""«Tal med et menneske», frustration, and questions on one's own case."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import OWN_CASE, carry_out, decision_in_context, own_case
from actions.turn import confidence_of, intent_of, knowledge_of, send
from bot.answers.human import offer_human

FRUSTRATION = "frustration"
SURELY = 0.5
"""Probability from which annoyance is taken for annoyance, whatever the subject in hand."""


class ActionHuman(Action):
    """Tells how to reach a human and marks the reason for escalation."""

    def name(self) -> str:
        return "action_human"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Keeps the subject in hand: the human takes over from there."""
        known, intent = knowledge_of(tracker), intent_of(tracker)
        if intent == OWN_CASE:
            return own_case(dispatcher, tracker, known)
        if intent == FRUSTRATION and confidence_of(tracker) < SURELY:
            # «Men det er jo væk» in the guide to renewing is about the lost one.
            decision = decision_in_context(tracker, known)
            if decision["kind"] == "answer":
                return carry_out(dispatcher, tracker, known, decision)
        send(dispatcher, offer_human(intent, tracker.get_slot("emne"), known))
        return [SlotSet("misser", None)]
