"""The net under the gateway's fixed emergency lists: danger that only the model understood."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import intent_of, knowledge_of, send
from bot.answers.human import emergency


class ActionEmergency(Action):
    """Says the fixed text."""

    def name(self) -> str:
        return "action_emergency"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Nothing else is touched: when the danger is over, the conversation goes on where it was."""
        send(dispatcher, emergency(intent_of(tracker).removeprefix("noed_"), knowledge_of(tracker)))
        return []
