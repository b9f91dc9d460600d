"""Greetings, thanks, «er du en robot», what lies outside the subject."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import intent_of, knowledge_of, likely_intent, send
from bot.answers.service import ASPECT_OF_INTENT, answer_follow_up
from bot.answers.smalltalk import small_talk

FOLLOW_UPS = (*ASPECT_OF_INTENT, "fejl_link")
LEAST_FOLLOW_UP = 0.08
"""Probability from which a second-best follow-up is believed when there is a subject in hand."""


class ActionSmalltalk(Action):
    """Says the sentence that belongs to the intent."""

    def name(self) -> str:
        return "action_smalltalk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Forgets the subject when the citizen starts over."""
        intent = intent_of(tracker)
        known = knowledge_of(tracker)
        subject = known.catalogue.get(tracker.get_slot("emne"))
        follow_up = likely_intent(tracker, FOLLOW_UPS, LEAST_FOLLOW_UP)
        if intent == "uden_for_emne" and subject and follow_up:
            # «hvad med min mor» is about nothing, unless there is a subject it can be about.
            send(dispatcher, answer_follow_up(subject, follow_up, known))
            return [SlotSet("misser", None)]
        send(dispatcher, small_talk(intent, known))
        return [AllSlotsReset()] if intent == "forfra" else [SlotSet("misser", None)]
