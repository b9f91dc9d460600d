"""What the citizen picked in «mente du …?», and yes or no to it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import InContext, subject_of
from actions.guide import show_step, steps_of
from actions.turn import entity_of, intent_of, send, slot_number, subject_events
from bot.answers.choice import none_chosen, nothing_asked
from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply
from bot.answers.service import answer_service
from bot.answers.smalltalk import agreed


class ActionChoose(InContext):
    """Answers the service picked, or admits the miss."""

    def name(self) -> str:
        return "action_choose"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
        """«Ja» takes the only or the first candidate, or leads on in a guide; «nej» to them and «ingen af dem» count as a miss."""
        intent = intent_of(tracker)
        offered = tracker.get_slot("valg") or []
        picked = entity_of(tracker, "emne")
        if intent == "ja" and offered:
            picked = offered[0]
        if picked:
            entry = known.catalogue.get(picked)
            if entry is None:
                meta = {"decision": "gone", "service": picked}
                send(dispatcher, Reply(known.texts.say("chosen_gone"), meta=meta))
                return [SlotSet("valg", None)]
            send(dispatcher, answer_service(entry, known, chosen=True))
            return subject_events(entry)
        if intent == "ja":
            subject, shown = subject_of(tracker, known), slot_number(tracker, "trin")
            if subject and 0 < shown < steps_of(subject):
                return show_step(dispatcher, known, subject, shown + 1)
            send(dispatcher, agreed(known, guide_open=bool(tracker.get_slot("trin"))))
            return [SlotSet("trin", None)]
        if not offered and intent == "nej":
            send(dispatcher, nothing_asked(known))
            return []
        misses = slot_number(tracker, "misser") + 1
        send(dispatcher, none_chosen(offered, misses, known))
        return [SlotSet("valg", None), SlotSet("misser", float(misses))]
