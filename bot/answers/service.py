"""Answers about one service: the answer itself, and follow-ups on it."""

from __future__ import annotations

from typing import Any, get_args

from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply, button, link
from bot.catalogue.catalogue import Entry
from bot.catalogue.municipality import Weekday

FINDER_SERVICE = "velfaerdsteknologi"
"""The one service whose answer opens the finder."""

TOWN_HALL = "borgerservice"
"""The service, and the department, that is met at the municipality's own address."""

ASPECT_OF_INTENT = {
    "pris": "price",
    "frist": "deadline",
    "papir": "paper",
    "hvem_kan": "who_can",
    "andet_barn_person": "for_others",
    "medbring": "have_ready",
    "sted": "place",
}
"""Follow-up intents and what answers them: a field of a service, what the guide has, or where the town hall is."""


_WEEK = {day: number for number, day in enumerate(get_args(Weekday), 1)}


def links_of(entry: Entry, knowledge: Knowledge) -> tuple[dict[str, str], ...]:
    """The service's link cards."""
    return tuple(link(shown, knowledge.texts) for shown in entry.links)


def human_button(knowledge: Knowledge) -> dict[str, str]:
    """«Tal med et menneske»."""
    return button(knowledge.texts.say("button_tal_med_menneske"), "tal_med_menneske")


def answer_service(entry: Entry, knowledge: Knowledge, aspect: str | None = None, **meta: Any) -> Reply:
    """The short answer, the link, and ways on. With an `aspect` (see ASPECT_OF_INTENT) that answer comes first."""
    texts = knowledge.texts
    special = _about(entry, aspect, knowledge) if aspect else None
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
    front_page = knowledge.catalogue.front_page(entry)
    if intent == "fejl_link":
        front = {"label": entry.authority, "url": front_page, "kind": "information"}
        return Reply(
            texts.say("follow_up_broken_link"),
            (front,),
            (human_button(knowledge),),
            {"decision": "broken_link", "service": entry.id, "links": [card["url"] for card in links]},
        )
    aspect = ASPECT_OF_INTENT[intent]
    known = _about(entry, aspect, knowledge)
    if known is None and aspect == "paper" and entry.service.steps:
        known = entry.service.steps.no_digital
    if known is None and aspect == "deadline" and entry.service.steps:
        known = entry.service.steps.time
    if known and aspect == "place":
        links = ({"label": texts.say("link_opening_hours"), "url": front_page, "kind": "information"},)
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


def have_ready(entry: Entry, knowledge: Knowledge) -> str | None:
    """What the guide says to have at hand, as a list."""
    items = entry.service.steps.have_ready if entry.service.steps else ()
    return "\n".join([knowledge.texts.say("guide_have_ready"), *(f"• {item}" for item in items)]) if items else None


def _about(entry: Entry, aspect: str, knowledge: Knowledge) -> str | None:
    if aspect == "have_ready":
        return have_ready(entry, knowledge)
    if aspect == "place":
        return _town_hall(entry, knowledge)
    text: str | None = getattr(entry.service, aspect)
    return text


def _town_hall(entry: Entry, knowledge: Knowledge) -> str | None:
    """Where the municipality is and when it is open, for what is done there; None for what is done elsewhere."""
    if (entry.service.authority, entry.service.department) != ("kommune", TOWN_HALL):
        return None
    texts = knowledge.texts
    hours = [
        texts.say(
            "town_hall_open", dag=texts.say(f"when_weekday_{_WEEK[day]}"), fra=f"{begin:%H.%M}", til=f"{end:%H.%M}"
        )
        for day, (begin, end) in knowledge.catalogue.municipality.opening_hours.items()
    ]
    return "\n".join([texts.say("town_hall"), *hours])
