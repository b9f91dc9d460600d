"""«Mente du …?», search results, and the honest «det ved jeg ikke»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.answers.knowledge import Knowledge
from bot.answers.reply import Reply, button, link
from bot.answers.service import human_button
from bot.catalogue.catalogue import Entry

MISSES_BEFORE_HUMAN = 2
"""This many messages in a row not understood, and a human is offered first."""


def ask_between(entries: Sequence[Entry], knowledge: Knowledge, **meta: Any) -> Reply:
    """Two or three close candidates as buttons, and a way out."""
    texts = knowledge.texts
    buttons = [button(entry.title, "vaelg", emne=entry.id) for entry in entries]
    buttons.append(button(texts.say("button_ingen_af_dem"), "vaelg", emne=""))
    return Reply(
        texts.say("choose"),
        (),
        tuple(buttons),
        {"decision": "ask", "candidates": [entry.id for entry in entries], **meta},
    )


def search_pages(question: str, misses: int, knowledge: Knowledge, **meta: Any) -> Reply:
    """The three nearest pages by title and link; after repeated misses a human."""
    texts = knowledge.texts
    if misses >= MISSES_BEFORE_HUMAN:
        return offer_after_misses(knowledge, **meta)
    hits = knowledge.search.find(question)
    cards = [{**link(hit.entry.links[0], texts), "label": hit.entry.title} for hit in hits]
    pages = knowledge.own_pages.find(question)
    shown = {card["url"] for card in cards}
    cards += [
        {"label": page.title, "url": page.address, "kind": "information"} for page in pages if page.address not in shown
    ]
    return Reply(
        texts.say("search_hits" if cards else "search_nothing"),
        tuple(cards),
        _ways_on(knowledge),
        {
            "decision": "search" if cards else "unknown",
            "found": [hit.entry.id for hit in hits],
            "pages": [page.address for page in pages],
            "escalate": None,
            **meta,
        },
    )


def offer_after_misses(knowledge: Knowledge, **meta: Any) -> Reply:
    """After repeated misses a human first, and no more guesses."""
    text = knowledge.texts.say("search_twice")
    return Reply(text, (), _ways_on(knowledge), {"decision": "unknown", "escalate": "two_misses", **meta})


def none_chosen(offered: Sequence[str], misses: int, knowledge: Knowledge) -> Reply:
    """None of the services offered; after repeated misses a human."""
    meta = {"decision": "none_chosen", "candidates": list(offered)}
    if misses >= MISSES_BEFORE_HUMAN:
        return offer_after_misses(knowledge, **meta)
    return Reply(knowledge.texts.say("choose_none_asked"), (), _ways_on(knowledge), meta)


def nothing_asked(knowledge: Knowledge) -> Reply:
    """«Nej» to nothing."""
    meta = {"decision": "none_chosen", "candidates": []}
    return Reply(knowledge.texts.say("no_without_question"), (), _ways_on(knowledge), meta)


def _ways_on(knowledge: Knowledge) -> tuple[dict[str, str], ...]:
    """Buttons for a citizen who was not understood."""
    return human_button(knowledge), button(knowledge.texts.say("button_hvad_kan_du"), "hvad_kan_du")
