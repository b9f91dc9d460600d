"""Greetings, thanks, «er du en robot», what lies outside the subject."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import intent_of, send
from bot.answers.knowledge import knowledge
from bot.answers.smalltalk import small_talk


class ActionSmalltalk(Action):
    """Says the sentence that belongs to the intent."""

    def name(self) -> str:
        return "action_smalltalk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Forgets the subject when the citizen starts over."""
        intent = intent_of(tracker)
        send(dispatcher, small_talk(intent, knowledge()))
        return [AllSlotsReset()] if intent == "forfra" else [SlotSet("misser", None)]
