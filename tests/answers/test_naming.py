"""What few words name."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.answers.knowledge import Knowledge, knowledge
from bot.answers.naming import LEXICON, asks_only, names_only_others, weighty
from bot.nlu.text import fold, stem

WEIGHTY = [
    ("jeg vil gerne søge om et nyt kørekort, tak", {"kørekort"}),
    ("og hvad med børnene?", {"barn"}),
    ("til min Søn", {"barn"}),
    ("for my daughter", {"barn"}),
    ("det er mistet", {"mistet"}),
    ("hvad koster det", set()),
    ("???", set()),
]


@pytest.mark.parametrize(("text", "left"), WEIGHTY)
def test_words_without_weight_are_left_out_and_children_are_children(text: str, left: set[str]) -> None:
    assert weighty(text) == {stem(fold(word)) for word in left}


def test_no_word_is_both_without_weight_and_a_relative() -> None:
    yaml = YAML(typ="safe")
    light = {fold(word) for word in yaml.load((LEXICON / "light.yml").read_text(encoding="utf-8"))}
    kin = yaml.load((LEXICON / "kin.yml").read_text(encoding="utf-8"))
    assert all(isinstance(word, str) for known in kin.values() for word in known)
    assert not light & {fold(word) for known in kin.values() for word in known}


@pytest.mark.parametrize(
    ("text", "near", "named"),
    [
        ("det er mistet", ["koerekort_fornyelse", "koerekort_mistet"], "koerekort_mistet"),
        ("det er mistet", ["pas", "pas_mistet"], "pas_mistet"),
        ("det er mistet", ["pas_mistet", "koerekort_mistet"], None),  # both
        ("det er mistet", ["storskrald"], None),
        ("og børnene", ["pas", "pas_boern", "id_kort"], "pas_boern"),  # «barn» is a keyword of id_kort, and in a title
        ("til voksne", ["pas", "pas_boern"], "pas"),
        ("det er stjålet, og jeg har fået rotter", ["pas", "pas_mistet"], None),  # more than a name
        ("et pas", ["pas", "pas_boern"], None),
        ("høreapparat", ["enkeltydelser", "helbredstillaeg"], None),
        ("nyt pas", ["aflastning", "paaroerende"], None),  # «passe» is a keyword there, «pas» a service of its own
        ("kan jeg gøre det for min mor", ["hjemmehjaelp", "visitation"], None),
        ("hvad koster det", ["pas", "pas_boern"], None),
        ("det er mistet", [], None),
        ("det er mistet", ["findes_ikke"], None),
    ],
)
def test_one_of_those_that_are_near(real: Knowledge, text: str, near: list[str], named: str | None) -> None:
    assert real.names.one_of(text, near) == named


def test_names_are_known_in_the_other_language_too() -> None:
    assert knowledge("en").names.one_of("for my children", ["pas", "pas_boern"]) == "pas_boern"
    assert knowledge("en").names.one_of("it was stolen", ["pas", "pas_mistet"]) == "pas_mistet"


@pytest.mark.parametrize(
    "text", ["kørekort", "nyt kørekort", "Mit kørekort?", "jeg vil gerne have et kørekort", "koerekort"]
)
def test_a_bare_keyword_of_several_services_names_them_in_the_catalogue_s_order(real: Knowledge, text: str) -> None:
    assert list(real.names.several(text)) == [
        service for service in real.catalogue.entries if service.startswith("koerekort_")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "pas",  # the whole name of one of them
        "nyt pas",
        "bopælsattest",
        "forny kørekort",
        "mistet kørekort",
        "et kort",  # ID card and health card: not one subject
        "kørekort og rotter",
        "hvad koster det",
        "",
    ],
)
def test_what_names_one_or_nothing_is_no_bare_keyword(real: Knowledge, text: str) -> None:
    assert real.names.several(text) == ()


def test_a_service_is_spoken_of_by_a_word_of_its_names(real: Knowledge) -> None:
    assert real.names.spoken_of("hjemmehjaelp", "har I modtaget min ansøgning om hjemmehjælp")
    assert not real.names.spoken_of("hjemmehjaelp", "hvor langt er min sag")
    assert not real.names.spoken_of("findes_ikke", "hjemmehjælp")


@pytest.mark.parametrize(
    ("text", "aspect", "only"),
    [
        ("hvad skal jeg have med?", "medbring", True),
        ("hvilke papirer skal jeg tage med", "medbring", True),
        ("hvad skal jeg have med til genbrugspladsen", "medbring", False),
        ("hvornår lukker I", "sted", True),
        ("har Netto åbent", "sted", False),
        ("hvad koster det", "pris", True),
        ("hvad koster et pas", "pris", False),
    ],
)
def test_a_question_of_nothing_but_an_aspect(text: str, aspect: str, only: bool) -> None:
    assert asks_only(text, aspect) is only


@pytest.mark.parametrize(
    ("text", "only"),
    [("og til min søn", True), ("hvad med min mor?", True), ("min mor er død", False), ("hvad så", False), ("", False)],
)
def test_only_other_people_are_spoken_of(text: str, only: bool) -> None:
    assert names_only_others(text) is only
