"""Answers on one service, and follow-up questions on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.answers.knowledge import Knowledge, knowledge, load_knowledge
from bot.answers.reply import Reply, button
from bot.answers.service import ASPECT_OF_INTENT, FINDER_SERVICE, answer_follow_up, answer_service
from bot.settings import Settings
from tests.catalogue.small_data import service, write_data


def titles(reply: Reply) -> list[str]:
    return [one["title"] for one in reply.buttons]


def test_answer_has_the_text_the_links_and_ways_on(small: Knowledge) -> None:
    reply = answer_service(small.catalogue.entries["pas"], small, confidence=0.9)
    assert reply.text == "Du bestiller en tid og møder op."
    assert reply.links == (
        {"label": "Bestil tid", "url": "https://www.borger.dk/pas", "kind": "self_service"},
        {
            "label": "Gå til politi.dk",
            "url": "https://politi.dk",
            "kind": "information",
            "note": "Søg efter «Nyt pas» på siden.",
        },
    )
    assert titles(reply) == ["Vis mig trin for trin", "Tal med et menneske"]
    assert reply.meta == {"decision": "answer", "service": "pas", "escalate": None, "confidence": 0.9}


def test_no_guide_no_button_for_it(small: Knowledge) -> None:
    assert titles(answer_service(small.catalogue.entries["storskrald"], small)) == ["Tal med et menneske"]


def test_a_service_marked_by_the_editor_escalates(small: Knowledge) -> None:
    assert answer_service(small.catalogue.entries["koerekort"], small).meta["escalate"] == "editor_marked"


def test_what_was_asked_for_comes_first(small: Knowledge) -> None:
    entry = small.catalogue.entries["pas"]
    assert answer_service(entry, small, "price").text == "Det koster 893 kr.\n\nDu bestiller en tid og møder op."
    assert answer_service(entry, small, "deadline").text == "Du bestiller en tid og møder op."


def test_the_finder_is_offered_with_its_service_only(real: Knowledge) -> None:
    finder = "Find det, der passer til dig"
    with_finder = [
        entry.id for entry in real.catalogue.entries.values() if finder in titles(answer_service(entry, real))
    ]
    assert with_finder == [FINDER_SERVICE]


def test_an_answer_that_is_only_in_danish_says_so_in_english() -> None:
    english = knowledge("en")
    danish_only = [entry for entry in english.catalogue.entries.values() if entry.danish_only]
    translated = [entry for entry in english.catalogue.entries.values() if not entry.danish_only]
    note = english.texts.say("danish_only")
    assert danish_only
    assert translated
    assert answer_service(danish_only[0], english).text == f"{note}\n\n{danish_only[0].service.answer}"
    assert answer_service(translated[0], english).text == translated[0].service.answer


@pytest.mark.parametrize(
    ("service", "intent", "text", "decision"),
    [
        ("pas", "pris", "Det koster 893 kr.", "follow_up"),
        ("pas", "frist", "Det tager 10 minutter.", "follow_up"),  # no deadline: how long it takes
        ("pas", "papir", "Ring til 12 34 56 78.", "follow_up"),  # no paper way: the one without a computer
        ("koerekort", "papir", "Du kan få en blanket.", "follow_up"),
        ("storskrald", "pris", "Jeg kender ikke prisen for Storskrald. Se på siden, eller spørg Borgerservice.",
         "follow_up_unknown"),
        ("storskrald", "frist", "Jeg kender ikke en frist for Storskrald. Se på siden, eller spørg Borgerservice.",
         "follow_up_unknown"),
        ("storskrald", "papir",
         "Kan du ikke gøre det på nettet, så ring til Lilleby Kommune på 12 34 56 78. Så finder de en anden vej.",
         "follow_up_unknown"),
        ("storskrald", "hvem_kan",
         "Jeg ved ikke, om du kan få Storskrald. Spørg Borgerservice. De kan svare ud fra din situation.",
         "follow_up_unknown"),
        ("pas", "medbring", "Hav det her klar:\n• Dit gamle pas\n• Et foto", "follow_up"),
        ("koerekort", "medbring", "Jeg ved ikke, hvad du skal have med til Kørekort. Se på siden, eller spørg Borgerservice.",
         "follow_up_unknown"),
        ("pas", "sted", "Jeg ved ikke, hvor det er, og hvornår der er åbent. Se på siden, eller spørg Borgerservice.",
         "follow_up_unknown"),
        ("pas", "andet_barn_person",
         "Du kan hjælpe en anden, hvis personen siger ja. Ofte kræver det en fuldmagt. Spørg Borgerservice.",
         "follow_up_unknown"),
    ],
)  # fmt: skip
def test_follow_up(small: Knowledge, service: str, intent: str, text: str, decision: str) -> None:
    reply = answer_follow_up(small.catalogue.entries[service], intent, small)
    assert reply.text == text
    assert reply.meta == {"decision": decision, "service": service, "aspect": ASPECT_OF_INTENT[intent]}
    assert reply.links[0]["url"] == f"https://www.borger.dk/{service}"
    guide = ["Vis mig trin for trin"] if small.catalogue.entries[service].service.steps else []
    assert titles(reply) == [*guide, "Tal med et menneske"]


def at_the_town_hall(data: Path, **own: Any) -> Knowledge:
    """The small municipality with a service that is given at its own address."""
    at_home = service("pas", answer="Bestil en tid.", authority="kommune")
    write_data(data.parent, at_home, service("affald"), **own)
    return load_knowledge(Settings(municipality=data / "kommune" / "lilleby.yml"))


WHERE = "Lilleby Kommune ligger på Torvet 1, 1234 Lilleby. Du kan ringe på 12 34 56 78."


def test_where_the_town_hall_is_comes_from_the_municipality_and_the_hours_from_its_front_page(data: Path) -> None:
    known = at_the_town_hall(data)
    entry = known.catalogue.entries["pas"]
    assert answer_service(entry, known, "place").text == f"{WHERE}\n\nBestil en tid."
    reply = answer_follow_up(entry, "sted", known)
    assert reply.text == WHERE
    assert reply.links == (
        {"label": "Se, hvornår der er åbent", "url": "https://www.lilleby.example", "kind": "information"},
    )


def test_hours_are_told_when_the_municipality_has_written_them(data: Path) -> None:
    known = at_the_town_hall(data, opening_hours={"monday": ["10:00", "15:30"], "thursday": ["09:00", "18:00"]})
    reply = answer_follow_up(known.catalogue.entries["pas"], "sted", known)
    assert reply.text == f"{WHERE}\nÅbent mandag kl. 10.00-15.30\nÅbent torsdag kl. 09.00-18.00"


def test_a_dead_link_is_noted_and_the_front_page_given(small: Knowledge) -> None:
    reply = answer_follow_up(small.catalogue.entries["storskrald"], "fejl_link", small)
    assert [card["url"] for card in reply.links] == ["https://www.lilleby.example"]
    assert reply.meta == {
        "decision": "broken_link",
        "service": "storskrald",
        "links": ["https://www.borger.dk/storskrald"],
    }


def test_every_follow_up_can_be_answered_on_every_real_service(real: Knowledge) -> None:
    for entry in real.catalogue.entries.values():
        for intent in (*ASPECT_OF_INTENT, "fejl_link"):
            reply = answer_follow_up(entry, intent, real)
            assert reply.text.strip()
            assert reply.links


def test_reply_survives_json_and_writes_its_links_out_for_plain_channels(small: Knowledge) -> None:
    reply = answer_service(small.catalogue.entries["pas"], small)
    assert Reply.from_dict(json.loads(json.dumps(reply.as_dict()))) == reply
    assert reply.plain() == (
        "Du bestiller en tid og møder op.\nBestil tid: https://www.borger.dk/pas\nGå til politi.dk: https://politi.dk"
    )


def test_a_button_holds_entities_as_json_with_danish_letters() -> None:
    assert button("Næste", "naeste") == {"title": "Næste", "payload": "/naeste"}
    payload = button("Æble", "vaelg", emne='æ "b"')["payload"]
    assert payload.startswith("/vaelg{")
    assert "æ" in payload
    assert json.loads(payload.removeprefix("/vaelg")) == {"emne": 'æ "b"'}
