"""What the citizen picked in «mente du …?», and yes or no to it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import entity_of, intent_of, knowledge_of, send, slot_number, subject_events
from bot.answers.reply import Reply, button
from bot.answers.service import answer_service, human_button


class ActionChoose(Action):
    """Answers the service picked, or admits the miss."""

    def name(self) -> str:
        return "action_choose"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """«Ja» takes the only or the first candidate; «nej» and «ingen af dem» count as a miss."""
        known = knowledge_of(tracker)
        texts = known.texts
        intent = intent_of(tracker)
        offered = tracker.get_slot("valg") or []
        picked = entity_of(tracker, "emne")
        if intent == "ja" and offered:
            picked = offered[0]
        if picked:
            entry = known.catalogue.get(picked)
            if entry is None:
                send(dispatcher, Reply(texts.say("chosen_gone"), meta={"decision": "gone", "service": picked}))
                return [SlotSet("valg", None)]
            send(dispatcher, answer_service(entry, known, chosen=True))
            return subject_events(entry)
        if intent == "ja":
            key = "guide_done" if tracker.get_slot("trin") else "yes_without_question"
            send(dispatcher, Reply(texts.say(key), meta={"decision": "smalltalk", "intent": "ja"}))
            return [SlotSet("trin", None)]
        key = "choose_none_asked" if offered or intent == "vaelg" else "no_without_question"
        help_button = button(texts.say("button_hvad_kan_du"), "hvad_kan_du")
        buttons = (human_button(known), help_button)
        send(dispatcher, Reply(texts.say(key), (), buttons, {"decision": "none_chosen", "candidates": list(offered)}))
        return [SlotSet("valg", None), SlotSet("misser", float(slot_number(tracker, "misser") + 1))]
