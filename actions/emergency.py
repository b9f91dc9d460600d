"""The net under the gateway's fixed emergency lists: danger that only the model understood."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.context import answer_open_question
from actions.turn import intent_of, knowledge_of, send
from bot.answers.human import emergency


class ActionEmergency(Action):
    """Says the fixed text."""

    def name(self) -> str:
        return "action_emergency"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Nothing else is touched: when the danger is over, the conversation goes on where it was.

        Words that answer the bot's own question are that: «bange for at falde» in the finder. What is danger by its words alone the
        gateway has told before.
        """
        known = knowledge_of(tracker)
        answered = answer_open_question(dispatcher, tracker, known)
        if answered:
            return answered
        send(dispatcher, emergency(intent_of(tracker).removeprefix("noed_"), known))
        return []
