"""The answer to a question about a service, or «mente du …?» between close ones."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import decision_of, knowledge_of, ranking_of, send, subject_events
from bot.answers.choice import ask_between
from bot.answers.finder import show_suggestions
from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply
from bot.answers.service import ASPECT_OF_INTENT, answer_service
from bot.catalogue.catalogue import Entry
from bot.nlu.decision import decide_with_subject

MOST_FINDER_GUESSES = 3


class ActionService(Action):
    """Carries out what the classifier decided: answer, answer two, or ask."""

    def name(self) -> str:
        return "action_service"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """A new subject wins over the old one; an open finder question is answered by free text."""
        known = knowledge_of(tracker)
        decision = decision_in_context(tracker, known)
        entries = [entry for entry in map(known.catalogue.get, decision["services"]) if entry]
        confidence = decision["confidence"]
        if decision["kind"] == "ask" and tracker.get_slot("finder"):
            guesses = finder_guess(decision["services"], known)
            if guesses:
                send(dispatcher, show_suggestions(guesses, known))
                return [SlotSet("finder", None), SlotSet("misser", None)]
        if decision["kind"] == "ask" and len(entries) > 1:
            send(dispatcher, ask_between(entries, known, confidence=confidence))
            return [SlotSet("valg", [entry.id for entry in entries]), SlotSet("misser", None)]
        shown = entries if decision["kind"] == "answer_both" else entries[:1]
        # With two questions in one message it is not known which of them asks for the price.
        aspect = ASPECT_OF_INTENT.get(decision["aspect"] or "") if len(shown) == 1 else None
        if len(shown) > 1:
            send(dispatcher, Reply(known.texts.say("choose_two"), meta={"decision": "answer_both"}))
        for entry in shown:
            send(dispatcher, answer_service(entry, known, aspect, confidence=confidence))
        return subject_events(shown[0]) if shown else []


def decision_in_context(tracker: Tracker, known: Knowledge) -> dict[str, Any]:
    """The classifier's decision, or a better one where it was unsure and the subject in hand helps («og til børn?»)."""
    decision = decision_of(tracker)
    subject = known.catalogue.get(tracker.get_slot("emne"))
    if subject is None or decision["kind"] not in ("ask", "search"):
        return decision
    near = [subject.id, *subject.service.related]
    better = decide_with_subject(ranking_of(tracker), near)
    if better.kind == "search":
        return decision
    return {**decision, "kind": better.kind, "services": list(better.services), "confidence": better.confidence}


def finder_guess(ids: list[str], known: Knowledge) -> list[Entry]:
    """Services of the finder among the likeliest, for a citizen who answers the finder in own words."""
    entries = [entry for entry in map(known.catalogue.get, ids) if entry and entry.service.helps_with]
    return entries[:MOST_FINDER_GUESSES]
