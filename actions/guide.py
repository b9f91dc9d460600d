"""The step-by-step guide of the service in hand."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import intent_of, knowledge_of, send, slot_number
from bot.answers.guide import guide_step, guide_stuck, guide_without_subject


class ActionGuide(Action):
    """Start, next, back, stuck."""

    def name(self) -> str:
        return "action_guide"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Moves one step within the guide; `trin` is the step on show, counted from 1."""
        known = knowledge_of(tracker)
        entry = known.catalogue.get(tracker.get_slot("emne"))
        if entry is None:
            send(dispatcher, guide_without_subject(known))
            return []
        intent = intent_of(tracker)
        shown = slot_number(tracker, "trin")
        if intent == "sidder_fast":
            send(dispatcher, guide_stuck(entry, known))
            return [SlotSet("misser", None)]
        # Coming back to a guide after «jeg sidder fast» shows the step again.
        move = {"naeste": 1, "tilbage": -1}.get(intent, 0)
        steps = len(entry.service.steps.do) if entry.service.steps else 1
        number = min(max(shown + move, 1), steps)
        send(dispatcher, guide_step(entry, number, known))
        return [SlotSet("trin", float(number)), SlotSet("misser", None)]
