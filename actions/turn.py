"""What an action reads from Rasa's tracker and how it hands a reply back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answers.knowledge import DANISH, Knowledge, knowledge
from bot.answers.reply import Reply
from bot.catalogue.catalogue import Entry


def send(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Plain text for any channel, and the structured reply for channels that can show it."""
    dispatcher.utter_message(text=reply.plain(), buttons=list(reply.buttons), json_message=reply.as_dict())


def knowledge_of(tracker: Tracker) -> Knowledge:
    """What is known, in the language the gateway heard."""
    metadata = tracker.latest_message.get("metadata") or {}
    return knowledge(metadata.get("language") or DANISH)


def intent_of(tracker: Tracker) -> str:
    """Name of the last message's intent."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def confidence_of(tracker: Tracker) -> float:
    """Probability 0-1 of the last message's intent."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)


def likely_intent(tracker: Tracker, among: Collection[str], least: float) -> str | None:
    """The likeliest of these intents, if the classifier gave it at least this probability."""
    for item in tracker.latest_message.get("intent_ranking") or []:
        if item["name"] in among:
            return item["name"] if item["confidence"] >= least else None
    return None


def text_of(tracker: Tracker) -> str:
    """The citizen's own words; empty for a button."""
    text = str(tracker.latest_message.get("text") or "")
    return "" if text.startswith("/") else text


def ranking_of(tracker: Tracker) -> list[tuple[str, float]]:
    """Services with probabilities 0-1, most likely first, from the classifier's response selector output."""
    selector = (tracker.latest_message.get("response_selector") or {}).get("service") or {}
    return [
        (item["intent_response_key"].partition("/")[2], float(item["confidence"]))
        for item in selector.get("ranking", [])
    ]


def entity_of(tracker: Tracker, name: str) -> str | None:
    """Value of an entity of the last message; None if it has none."""
    return next((str(value) for value in tracker.get_latest_entity_values(name)), None)


def slot_number(tracker: Tracker, name: str) -> int:
    """A counting slot; 0 when unset."""
    value: Any = tracker.get_slot(name)
    return int(value or 0)


def decision_of(tracker: Tracker) -> dict[str, Any]:
    """What the classifier decided: `kind`, `services` (ids, best first), `confidence` 0-1, `aspect` (an intent or None)."""
    decision = tracker.latest_message.get("decision") or {}
    return {
        "kind": str(decision.get("kind", "search")),
        "services": list(decision.get("services", [])),
        "confidence": float(decision.get("confidence", 0.0)),
        "aspect": decision.get("aspect"),
    }


def subject_events(entry: Entry) -> list[EventType]:
    """The service is now the subject in hand; whatever was open before is closed."""
    return [
        SlotSet("emne", entry.id),
        SlotSet("trin", None),
        SlotSet("misser", None),
        SlotSet("valg", None),
        SlotSet("finder", None),
    ]
