"""The guide: one step a bubble."""

from __future__ import annotations

import pytest

from bot.answers.guide import guide_step, guide_stuck, guide_without_subject
from bot.answers.knowledge import Knowledge


def titles_and_payloads(buttons: tuple[dict[str, str], ...]) -> list[tuple[str, str]]:
    return [(button["title"], button["payload"]) for button in buttons]


NEXT, BACK = ("Næste", "/naeste"), ("Tilbage", "/tilbage")
STUCK, WORKED = ("Jeg sidder fast", "/sidder_fast"), ("Det lykkedes", "/ja")
HUMAN, AGAIN = ("Tal med et menneske", "/tal_med_menneske"), ("Vis trinnet igen", "/trin_for_trin")


def test_first_step_tells_what_to_have_ready_how_long_and_where(small: Knowledge) -> None:
    reply = guide_step(small.catalogue.entries["pas"], 1, small)
    assert reply.text == (
        "Sådan gør du: Nyt pas (voksen).\n\nHav det her klar:\n• Dit gamle pas\n• Et foto\n\n"
        "Det tager 10 minutter.\n\nTrin 1 af 3\nBestil en tid."
    )
    assert [card["url"] for card in reply.links] == ["https://www.borger.dk/pas", "https://politi.dk"]
    assert titles_and_payloads(reply.buttons) == [NEXT, STUCK]
    assert reply.meta == {"decision": "guide", "service": "pas", "step": 1}


def test_middle_step_is_only_the_step(small: Knowledge) -> None:
    reply = guide_step(small.catalogue.entries["pas"], 2, small)
    assert reply.text == "Trin 2 af 3\nMød op."
    assert reply.links == ()
    assert titles_and_payloads(reply.buttons) == [NEXT, BACK, STUCK]


def test_last_step_tells_what_comes_next(small: Knowledge) -> None:
    reply = guide_step(small.catalogue.entries["pas"], 3, small)
    assert reply.text == "Trin 3 af 3\nBetal.\n\nDet var det sidste trin.\n\nPasset kommer med post."
    assert titles_and_payloads(reply.buttons) == [WORKED, BACK, STUCK]


def test_what_a_guide_does_not_have_is_not_said(small: Knowledge) -> None:
    entry = small.catalogue.entries["koerekort"]
    assert guide_step(entry, 1, small).text == "Sådan gør du: Kørekort.\n\nTrin 1 af 2\nFind foto."
    assert guide_step(entry, 2, small).text == "Trin 2 af 2\nSend det.\n\nDet var det sidste trin."


def test_a_service_without_guide_says_so_and_gives_the_page(small: Knowledge) -> None:
    reply = guide_step(small.catalogue.entries["storskrald"], 1, small)
    assert reply.text == "Jeg har ingen trin for trin til Storskrald. Men jeg har en side, du kan bruge."
    assert [card["url"] for card in reply.links] == ["https://www.borger.dk/storskrald"]
    assert titles_and_payloads(reply.buttons) == [HUMAN]
    assert reply.meta["decision"] == "guide_missing"


@pytest.mark.parametrize(
    ("service", "other_way"),
    [
        ("pas", "Ring til 12 34 56 78."),
        ("koerekort", "Ring til Lilleby Kommune på 12 34 56 78, eller tal med et menneske her."),
        ("storskrald", "Ring til Lilleby Kommune på 12 34 56 78, eller tal med et menneske her."),
    ],
)
def test_stuck_comforts_and_shows_another_way(small: Knowledge, service: str, other_way: str) -> None:
    reply = guide_stuck(small.catalogue.entries[service], small)
    assert reply.text == f"Det er helt i orden. Du kan prøve trinnet igen eller få hjælp.\n\n{other_way}"
    assert titles_and_payloads(reply.buttons) == [HUMAN, AGAIN]
    assert reply.links[0]["url"] == f"https://www.borger.dk/{service}"
    assert reply.meta == {"decision": "stuck", "service": service}


def test_a_guide_to_nothing_asks_what_about(small: Knowledge) -> None:
    reply = guide_without_subject(small)
    assert reply.text.startswith("Hvad vil du have vist")
    assert reply.meta == {"decision": "ask_subject"}


def test_every_real_guide_can_be_walked_from_first_to_last_step(real: Knowledge) -> None:
    for entry in real.catalogue.entries.values():
        if entry.service.steps is None:
            continue
        count = len(entry.service.steps.do)
        for number in range(1, count + 1):
            reply = guide_step(entry, number, real)
            assert f"Trin {number} af {count}" in reply.text
            assert (("Næste", "/naeste") in titles_and_payloads(reply.buttons)) == (number < count)
