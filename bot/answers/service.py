"""Answers about one service: the answer itself, and follow-ups on it."""

from __future__ import annotations

from typing import Any

from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply, button, link
from bot.catalogue.catalogue import Entry

FINDER_SERVICE = "velfaerdsteknologi"
"""The one service whose answer opens the finder."""

ASPECT_OF_INTENT = {
    "pris": "price",
    "frist": "deadline",
    "papir": "paper",
    "hvem_kan": "who_can",
    "andet_barn_person": "for_others",
}
"""Follow-up intents and the field of a service that answers them."""


def links_of(entry: Entry, knowledge: Knowledge) -> tuple[dict[str, str], ...]:
    """The service's link cards."""
    note = knowledge.texts.raw("link_search_note")
    return tuple(link(shown, note) for shown in entry.links)


def human_button(knowledge: Knowledge) -> dict[str, str]:
    """«Tal med et menneske»."""
    return button(knowledge.texts.say("button_tal_med_menneske"), "tal_med_menneske")


def answer_service(entry: Entry, knowledge: Knowledge, aspect: str | None = None, **meta: Any) -> Reply:
    """The short answer, the link, and ways on. With an `aspect` (see ASPECT_OF_INTENT) that answer comes first."""
    texts = knowledge.texts
    special = getattr(entry.service, aspect) if aspect else None
    note = texts.say("danish_only") if entry.danish_only else None
    buttons = []
    if entry.service.steps:
        buttons.append(button(texts.say("button_trin_for_trin"), "trin_for_trin"))
    if entry.id == FINDER_SERVICE:
        buttons.append(button(texts.say("button_find_velfaerdsteknologi"), "finder"))
    buttons.append(human_button(knowledge))
    return Reply(
        "\n\n".join(part for part in (note, special, entry.service.answer) if part),
        links_of(entry, knowledge),
        tuple(buttons),
        {
            "decision": "answer",
            "service": entry.id,
            "escalate": "editor_marked" if entry.service.escalate else None,
            **meta,
        },
    )


def answer_follow_up(entry: Entry, intent: str, knowledge: Knowledge) -> Reply:
    """A follow-up question on the service in hand; an honest «det ved jeg ikke» where the catalogue is silent."""
    texts = knowledge.texts
    links = links_of(entry, knowledge)
    if intent == "fejl_link":
        front = {"label": entry.authority, "url": knowledge.catalogue.front_page(entry), "kind": "information"}
        return Reply(
            texts.say("follow_up_broken_link"),
            (front,),
            (human_button(knowledge),),
            {"decision": "broken_link", "service": entry.id, "links": [card["url"] for card in links]},
        )
    aspect = ASPECT_OF_INTENT[intent]
    known = getattr(entry.service, aspect)
    if known is None and aspect == "paper" and entry.service.steps:
        known = entry.service.steps.no_digital
    if known is None and aspect == "deadline" and entry.service.steps:
        known = entry.service.steps.time
    unknown = texts.say(f"follow_up_{aspect}_unknown", titel=entry.title, afdeling=entry.department)
    buttons = [human_button(knowledge)]
    if entry.service.steps:
        buttons.insert(0, button(texts.say("button_trin_for_trin"), "trin_for_trin"))
    return Reply(
        known or unknown,
        links,
        tuple(buttons),
        {"decision": "follow_up" if known else "follow_up_unknown", "service": entry.id, "aspect": aspect},
    )
