"""The step-by-step guide of the service in hand."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import InContext, subject_of
from actions.turn import intent_of, likely_intent, send, slot_number
from bot.answers.guide import guide_step, guide_stuck, guide_without_subject
from bot.answers.knowledge import Knowledge
from bot.answers.smalltalk import agreed
from bot.catalogue.catalogue import Entry

LEAST_YES = 0.1
"""Probability from which «ok» is a yes when no guide is open that it could lead on in."""


class ActionGuide(InContext):
    """Start, next, back, stuck."""

    def name(self) -> str:
        return "action_guide"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
        """Moves one step within the guide; `trin` is the step on show, counted from 1."""
        intent = intent_of(tracker)
        shown = slot_number(tracker, "trin")
        if intent == "naeste" and not shown and likely_intent(tracker, ("ja",), LEAST_YES):
            send(dispatcher, agreed(known, guide_open=False))
            return [SlotSet("misser", None)]
        entry = subject_of(tracker, known)
        if entry is None:
            send(dispatcher, guide_without_subject(known))
            return []
        if intent == "sidder_fast":
            send(dispatcher, guide_stuck(entry, known))
            return [SlotSet("misser", None)]
        # Coming back to a guide after «jeg sidder fast» shows the step again.
        return show_step(dispatcher, known, entry, shown + {"naeste": 1, "tilbage": -1}.get(intent, 0))


def show_step(dispatcher: CollectingDispatcher, known: Knowledge, entry: Entry, number: int) -> list[EventType]:
    """The step with this number, or the first or last when there is none."""
    number = min(max(number, 1), steps_of(entry))
    send(dispatcher, guide_step(entry, number, known))
    return [SlotSet("trin", float(number)), SlotSet("misser", None)]


def steps_of(entry: Entry) -> int:
    """How many steps the guide has."""
    return len(entry.service.steps.do) if entry.service.steps else 1
