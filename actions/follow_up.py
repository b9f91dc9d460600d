"""Price, deadline, paper, who can, for another person, a dead link: on the service in hand."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import intent_of, knowledge_of, send
from bot.answers.reply import Reply
from bot.answers.service import answer_follow_up


class ActionFollowUp(Action):
    """Answers on the subject in hand, or asks which subject."""

    def name(self) -> str:
        return "action_follow_up"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The subject stays in hand."""
        known = knowledge_of(tracker)
        entry = known.catalogue.get(tracker.get_slot("emne"))
        if entry is None:
            send(dispatcher, Reply(known.texts.say("follow_up_no_subject"), meta={"decision": "ask_subject"}))
        else:
            send(dispatcher, answer_follow_up(entry, intent_of(tracker), known))
        return [SlotSet("misser", None)]
