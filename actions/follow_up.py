"""Price, deadline, paper, who can, for another person, what to bring, where, a dead link: on the service in hand."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.context import InContext, follow_up
from actions.turn import decision_of, intent_of
from bot.answers.knowledge import Knowledge

KNOWN_BY_WORDS = ("medbring", "sted")
"""Aspects the classifier has no intent for: it takes them for another follow-up."""


class ActionFollowUp(InContext):
    """Answers on the subject in hand, or asks which subject."""

    def name(self) -> str:
        return "action_follow_up"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
        """The subject stays in hand."""
        aspect = decision_of(tracker)["aspect"]
        return follow_up(dispatcher, tracker, known, aspect if aspect in KNOWN_BY_WORDS else intent_of(tracker))
