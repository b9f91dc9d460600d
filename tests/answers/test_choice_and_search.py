"""«Mente du …?», search, misses, and the way to a human."""

from __future__ import annotations

import json

import pytest

from bot.answers.choice import MISSES_BEFORE_HUMAN, ask_between, none_chosen, search_pages
from bot.answers.human import REASON_OF_INTENT, emergency, offer_human
from bot.answers.knowledge import Knowledge
from bot.answers.search import LEAST_LIKENESS

NONSENSE = ["xqzv wkjq", "zzzz", "!!!", "", "🙂🙂", "qwrt pfgh jklz"]


def test_candidates_are_buttons_whose_payloads_are_json_and_the_last_is_none_of_them(small: Knowledge) -> None:
    entries = [small.catalogue.entries[name] for name in ("pas", "koerekort")]
    reply = ask_between(entries, small, confidence=0.4)
    assert reply.text == "Mente du en af dem her?"
    assert [one["title"] for one in reply.buttons] == ["Nyt pas (voksen)", "Kørekort", "Ingen af dem"]
    assert all(one["payload"].startswith("/vaelg{") for one in reply.buttons)
    chosen = [json.loads(one["payload"].removeprefix("/vaelg")) for one in reply.buttons]
    assert chosen == [{"emne": "pas"}, {"emne": "koerekort"}, {"emne": ""}]
    assert reply.meta == {"decision": "ask", "candidates": ["pas", "koerekort"], "confidence": 0.4}


def test_search_finds_by_title_keyword_guide_and_misspelling(small: Knowledge) -> None:
    for question, service in [
        ("storskrald", "storskrald"),
        ("rejse til udlandet", "pas"),
        ("koerekort", "koerekort"),
        ("mit körekort er væk", "koerekort"),
        ("stille noget ud til vejen", "storskrald"),
    ]:
        assert small.search.find(question)[0].entry.id == service, question


def test_hits_come_best_first_and_no_more_than_asked_for(real: Knowledge) -> None:
    hits = real.search.find("pas og kørekort")
    assert len(hits) == 3
    assert [hit.likeness for hit in hits] == sorted((hit.likeness for hit in hits), reverse=True)
    assert all(LEAST_LIKENESS <= hit.likeness <= 1.0 for hit in hits)
    assert len(real.search.find("pas og kørekort", most=2)) == 2


@pytest.mark.parametrize("question", NONSENSE)
def test_nonsense_finds_nothing(real: Knowledge, question: str) -> None:
    assert real.search.find(question) == []
    reply = search_pages(question, 1, real)
    assert reply.text == real.texts.say("search_nothing")
    assert reply.links == ()
    assert (reply.meta["decision"], reply.meta["found"], reply.meta["escalate"]) == ("unknown", [], None)


def test_every_real_title_finds_its_own_page(real: Knowledge) -> None:
    for entry in real.catalogue.entries.values():
        assert entry.id in [hit.entry.id for hit in real.search.find(entry.title)], entry.id


def test_search_shows_pages_by_the_title_of_their_service(small: Knowledge) -> None:
    reply = search_pages("storskrald", 1, small, confidence=0.1)
    assert reply.text == "Det er jeg ikke sikker på. Måske er svaret på en af de her sider:"
    assert reply.links[0] == {"label": "Storskrald", "url": "https://www.borger.dk/storskrald", "kind": "self_service"}
    assert [one["payload"] for one in reply.buttons] == ["/tal_med_menneske", "/hvad_kan_du"]
    assert reply.meta["found"][0] == "storskrald"
    assert (reply.meta["decision"], reply.meta["escalate"], reply.meta["confidence"]) == ("search", None, 0.1)


@pytest.mark.parametrize("question", ["storskrald", "xqzv"])
@pytest.mark.parametrize("misses", [1, 2, 3])
def test_two_misses_offer_a_human_first_and_no_more_pages(small: Knowledge, question: str, misses: int) -> None:
    reply = search_pages(question, misses, small)
    assert MISSES_BEFORE_HUMAN == 2
    if misses < 2:
        assert reply.meta["escalate"] is None
        assert bool(reply.links) == (question == "storskrald")
    else:
        assert reply.meta["escalate"] == "two_misses"
        assert reply.links == ()
        assert reply.text == small.texts.say("search_twice")
    assert reply.buttons[0]["payload"] == "/tal_med_menneske"


def test_none_of_them_asks_for_own_words_and_the_second_time_offers_a_human(small: Knowledge) -> None:
    reply = none_chosen(["pas"], 1, small)
    assert (reply.text, reply.meta["candidates"]) == (small.texts.say("choose_none_asked"), ["pas"])
    reply = none_chosen(["pas"], 2, small)
    assert reply.text == small.texts.say("search_twice")
    assert reply.meta == {"decision": "none_chosen", "escalate": "two_misses", "candidates": ["pas"]}


@pytest.mark.parametrize("intent", REASON_OF_INTENT)
def test_a_human_is_offered_with_reason_and_phone(real: Knowledge, intent: str) -> None:
    reply = offer_human(intent, "pas", real)
    assert reply.meta == {"decision": "human", "escalate": REASON_OF_INTENT[intent], "service": "pas"}
    assert real.catalogue.municipality.phone in reply.text
    buttons = [one["payload"] for one in reply.buttons]
    assert buttons == ([] if intent == "tal_med_menneske" else ["/tal_med_menneske"])


def test_an_own_case_is_sent_to_digital_post_where_there_is_such_a_service(real: Knowledge, small: Knowledge) -> None:
    (card,) = offer_human("personsag", None, real).links
    assert card["label"] == "Åbn Digital Post"
    assert card["url"] == real.catalogue.entries["digital_post"].links[0].url
    assert offer_human("personsag", None, small).links == ()


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("brand", ["112"]),
        ("akut_sygdom", ["112", "82 12 12 12", "70 11 31 31"]),
        ("selvmord", ["112", "70 201 201", "82 12 12 12"]),
        ("vold_eller_barn_i_fare", ["112", "114", "1888"]),
    ],
)
def test_danger_gets_the_numbers_and_then_a_human(real: Knowledge, kind: str, numbers: list[str]) -> None:
    reply = emergency(kind, real)
    for number in numbers:
        assert number in reply.text
    assert reply.meta == {"decision": "emergency", "emergency": kind}
    assert [one["payload"] for one in reply.buttons] == ["/tal_med_menneske"]


def test_the_number_of_the_doctor_on_duty_is_the_municipality_s_own(small: Knowledge) -> None:
    assert "Region Lille på 1813" in emergency("akut_sygdom", small).text
