"""The answer to a question about a service, or «mente du …?» between close ones."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.context import InContext, carry_out, decision_in_context
from bot.answers.knowledge import Knowledge


class ActionService(InContext):
    """Carries out what the classifier decided, or what the conversation makes of it."""

    def name(self) -> str:
        return "action_service"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
        """Answer, answer two, or ask."""
        return carry_out(dispatcher, tracker, known, decision_in_context(tracker, known))
