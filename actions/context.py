"""What a message means in its conversation: the classifier hears one message, a citizen goes on from the one before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import decision_of, intent_of, knowledge_of, ranking_of, send, subject_events, text_of
from bot.answers.choice import ask_between
from bot.answers.finder import ask_need, show_suggestions
from bot.answers.human import offer_human
from bot.answers.knowledge import Knowledge
from bot.answers.naming import FOR_OTHERS, asks_only, names_only_others
from bot.answers.reply import Reply
from bot.answers.service import ASPECT_OF_INTENT, TOWN_HALL, answer_follow_up, answer_service
from bot.catalogue.catalogue import Entry
from bot.nlu.decision import MOST_CHOICES, SURE, decide_with_subject
from bot.nlu.parts import what_counts

OWN_CASE = "personsag"
NOT_UNDERSTOOD = "nlu_fallback"
ABOUT_THE_SUBJECT = (*ASPECT_OF_INTENT, "fejl_link", "trin_for_trin", "naeste", "tilbage", "sidder_fast")
"""Intents that are about the subject in hand, also when they name it."""
CHAT = ("hilsen", "farvel", "tak", "er_du_robot", "hvad_kan_du", "forfra")
"""Intents that name no service, whatever their words: «er du en robot» after a robot vacuum cleaner."""
MOST_FINDER_GUESSES = 3


class InContext(Action, ABC):
    """An action on a citizen's words that first hears whether they go on from what was said before."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """What the words mean here, otherwise what they mean by themselves."""
        known = knowledge_of(tracker)
        return _go_on(dispatcher, tracker, known) or self.act(dispatcher, tracker, known)

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
        """Answer a message that stands by itself."""


def subject_of(tracker: Tracker, known: Knowledge) -> Entry | None:
    """The service in hand."""
    return known.catalogue.get(tracker.get_slot("emne"))


def follow_up(dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge, intent: str) -> list[EventType]:
    """Answer on the subject in hand, which stays; without one, where the town hall is, or which subject."""
    subject = subject_of(tracker, known)
    town_hall = known.catalogue.get(TOWN_HALL)
    if subject:
        send(dispatcher, answer_follow_up(subject, intent, known))
    elif intent == "sted" and town_hall:
        send(dispatcher, answer_service(town_hall, known, ASPECT_OF_INTENT[intent]))
        return subject_events(town_hall)
    else:
        send(dispatcher, Reply(known.texts.say("follow_up_no_subject"), meta={"decision": "ask_subject"}))
    return [SlotSet("misser", None)]


def own_case(dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType]:
    """No robot can see a case. The service it is about is now the subject in hand: the human takes over from there."""
    text = text_of(tracker)
    named = next(
        (service for service, _ in ranking_of(tracker)[:MOST_CHOICES] if known.names.spoken_of(service, text)), None
    )
    entry = known.catalogue.get(named) or subject_of(tracker, known)
    send(dispatcher, offer_human(OWN_CASE, entry.id if entry else None, known))
    return subject_events(entry) if entry else [SlotSet("misser", None)]


def decision_in_context(tracker: Tracker, known: Knowledge) -> dict[str, Any]:
    """The classifier's decision, or a better one where the word was bare, or the classifier unsure and the subject helps."""
    decision = decision_of(tracker)
    if decision["kind"] == "answer_both":
        return decision
    bare = known.names.several(what_counts(text_of(tracker)))
    # What is spelt like a name may still be another word: then the likeliest service is none of those.
    if bare and decision["services"][:1] and decision["services"][0] in bare:
        return {**decision, "kind": "ask", "services": list(bare[:MOST_CHOICES])}
    near = [service for circle in _circles(tracker, known) for service in circle]
    if not near or decision["kind"] == "answer":
        return decision
    better = decide_with_subject(ranking_of(tracker), near)
    if better.kind == "search":
        return decision
    return {**decision, "kind": better.kind, "services": list(better.services), "confidence": better.confidence}


def carry_out(
    dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge, decision: dict[str, Any]
) -> list[EventType]:
    """Answer, answer two, or ask. A new subject wins over the old one; an open finder question is answered by free text."""
    entries = [entry for entry in map(known.catalogue.get, decision["services"]) if entry]
    confidence = decision["confidence"]
    if decision["kind"] == "ask" and tracker.get_slot("finder"):
        guesses = finder_guess(decision["services"], known)
        if guesses:
            return suggest(dispatcher, known, guesses)
    if decision["kind"] == "ask" and len(entries) > 1:
        send(dispatcher, ask_between(entries, known, confidence=confidence))
        return [SlotSet("valg", [entry.id for entry in entries])]
    shown = entries if decision["kind"] == "answer_both" else entries[:1]
    # With two questions in one message it is not known which of them asks for the price.
    aspect = ASPECT_OF_INTENT.get(decision["aspect"] or "") if len(shown) == 1 else None
    if len(shown) > 1:
        send(dispatcher, Reply(known.texts.say("choose_two"), meta={"decision": "answer_both"}))
    for entry in shown:
        send(dispatcher, answer_service(entry, known, aspect, confidence=confidence))
    return subject_events(shown[0]) if shown else []


def answer_open_question(
    dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge
) -> list[EventType] | None:
    """When the words are those of the finder's open question, or of one of the services just offered; otherwise None."""
    text = what_counts(text_of(tracker))
    offered = list(tracker.get_slot("valg") or [])
    named = known.names.one_of(text, offered) if text and offered else None
    if named:
        return _answer_named(dispatcher, tracker, known, named)
    return _answer_finder(dispatcher, tracker, known, text) if text else None


def finder_guess(ids: list[str], known: Knowledge) -> list[Entry]:
    """Services of the finder among the likeliest, for a citizen who answers the finder in own words."""
    entries = [entry for entry in map(known.catalogue.get, ids) if entry and entry.service.helps_with]
    return entries[:MOST_FINDER_GUESSES]


def suggest(dispatcher: CollectingDispatcher, known: Knowledge, entries: list[Entry]) -> list[EventType]:
    """Show what may help; the finder is closed."""
    send(dispatcher, show_suggestions(entries, known))
    return [SlotSet("finder", None), SlotSet("misser", None)]


def _go_on(dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge) -> list[EventType] | None:
    text, intent = what_counts(text_of(tracker)), intent_of(tracker)
    if not text or (intent == "ja" and tracker.get_slot("valg")):
        return None  # a button says all itself, and «ja, den første» is no name
    if decision_of(tracker)["aspect"] == OWN_CASE:
        return own_case(dispatcher, tracker, known)
    return (
        _answer_finder(dispatcher, tracker, known, text)
        or _answer_near(dispatcher, tracker, known, text)
        or _answer_more(dispatcher, tracker, known, text)
    )


def _answer_finder(
    dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge, text: str
) -> list[EventType] | None:
    """The finder's own words answer its open question; a word of them only when no service is understood surely."""
    if not tracker.get_slot("finder"):
        return None
    decision = decision_of(tracker)
    sure = decision["kind"] == "answer" and decision["confidence"] >= SURE
    # «Medicin og sygdom» is the area with that name, though it has a word of the need «Huske medicin» too.
    for whole in (True,) if sure else (True, False):
        needs = known.finder.needs_in(text, whole=whole)
        if needs:
            return suggest(dispatcher, known, known.finder.suggest(needs))
        area = known.finder.area_in(text, whole=whole)
        if area:
            send(dispatcher, ask_need(area, known))
            return [SlotSet("finder", "behov"), SlotSet("misser", None)]
    return None


def _answer_near(
    dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge, text: str
) -> list[EventType] | None:
    """A service that is near and named by nothing but its own words, however sure the classifier is of another."""
    intent = intent_of(tracker)
    circles = _circles(tracker, known) if intent not in CHAT else []
    named = next(filter(None, (known.names.one_of(text, circle) for circle in circles)), None)
    if named is None or (named == tracker.get_slot("emne") and intent in ABOUT_THE_SUBJECT):
        return None
    return _answer_named(dispatcher, tracker, known, named)


def _answer_named(
    dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge, service: str
) -> list[EventType]:
    """The citizen's words are the service's own: no doubt is left."""
    decision = {**decision_of(tracker), "kind": "answer", "services": [service], "confidence": 1.0}
    return carry_out(dispatcher, tracker, known, decision)


def _answer_more(
    dispatcher: CollectingDispatcher, tracker: Tracker, known: Knowledge, text: str
) -> list[EventType] | None:
    """What can only be asked of the subject in hand: it names nothing, or other people, or it is not understood at all."""
    aspect = decision_of(tracker)["aspect"]
    subject = subject_of(tracker, known)
    lost = subject is not None and intent_of(tracker) == NOT_UNDERSTOOD
    if aspect and (lost or asks_only(text, aspect)):
        return follow_up(dispatcher, tracker, known, aspect)
    if subject and names_only_others(text):
        return follow_up(dispatcher, tracker, known, FOR_OTHERS)
    return None


def _circles(tracker: Tracker, known: Knowledge) -> list[list[str]]:
    """Services that are near, the nearest first: those the citizen was last asked to choose among, their related, the subject in hand
    with its related."""
    offered = list(tracker.get_slot("valg") or [])
    entries = [entry for entry in map(known.catalogue.get, offered) if entry]
    related = [service for entry in entries for service in entry.service.related]
    subject = subject_of(tracker, known)
    return [offered, list(dict.fromkeys(related)), [subject.id, *subject.service.related] if subject else []]
