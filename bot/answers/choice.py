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
    """The three nearest pages by title and link; after repeated misses a human first."""
    texts = knowledge.texts
    escalate = "two_misses" if misses >= MISSES_BEFORE_HUMAN else None
    hits = knowledge.search.find(question)
    note = texts.raw("link_search_note")
    cards = []
    for hit in hits:
        card = link(hit.entry.links[0], note)
        cards.append({**card, "label": hit.entry.title})
    sentence = "search_twice" if escalate else "search_hits" if cards else "search_nothing"
    return Reply(
        texts.say(sentence),
        tuple(cards) if not escalate else (),
        (human_button(knowledge), button(texts.say("button_hvad_kan_du"), "hvad_kan_du")),
        {
            "decision": "search" if cards else "unknown",
            "found": [hit.entry.id for hit in hits],
            "escalate": escalate,
            **meta,
        },
    )
