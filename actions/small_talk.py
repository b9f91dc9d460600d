"""Greetings, thanks, «er du en robot», what lies outside the subject."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import InContext, follow_up, subject_of
from actions.turn import intent_of, likely_intent, send, slot_number
from bot.answers.choice import MISSES_BEFORE_HUMAN, offer_after_misses
from bot.answers.knowledge import Knowledge
from bot.answers.service import ASPECT_OF_INTENT
from bot.answers.smalltalk import small_talk

FOLLOW_UPS = (*ASPECT_OF_INTENT, "fejl_link")
LEAST_FOLLOW_UP = 0.08
"""Probability from which a second-best follow-up is believed when there is a subject in hand."""


class ActionSmalltalk(InContext):
    """Says the sentence that belongs to the intent."""

    def name(self) -> str:
        return "action_smalltalk"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
        """Forgets the subject when the citizen starts over; what lies outside the subject counts as not understood."""
        intent = intent_of(tracker)
        if intent != "uden_for_emne":
            send(dispatcher, small_talk(intent, known))
            return [AllSlotsReset()] if intent == "forfra" else [SlotSet("misser", None)]
        likely = likely_intent(tracker, FOLLOW_UPS, LEAST_FOLLOW_UP)
        if likely and subject_of(tracker, known):
            # «hvad med min mor» is about nothing, unless there is a subject it can be about.
            return follow_up(dispatcher, tracker, known, likely)
        misses = slot_number(tracker, "misser") + 1
        enough = misses >= MISSES_BEFORE_HUMAN
        send(dispatcher, offer_after_misses(known) if enough else small_talk(intent, known))
        return [SlotSet("misser", float(misses))]
