"""What of a message counts, and which questions it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.parts import MOST_WORDS, questions, what_counts

TAKEN_BACK = [
    # with «jeg mente»
    ("nej, jeg mente kørekort", "kørekort"),
    ("Nej jeg mente Kørekort", "Kørekort"),
    ("jeg mener altså storskrald", "storskrald"),
    ("altså jeg mener affald", "affald"),
    ("ups jeg mente faktisk sundhedskort", "sundhedskort"),
    ("undskyld, jeg mente folkeregisteret", "folkeregisteret"),
    ("hov, jeg mener flytning", "flytning"),
    ("næ jeg mente pension", "pension"),
    ("naj a mente storskrald", "storskrald"),
    ("æ mente kørekort", "kørekort"),
    ("nej jeg mente: nyt pas", "nyt pas"),
    ("pas, nej jeg mente kørekort", "kørekort"),
    ("jeg ville have pas. Nej, jeg mente kørekort", "kørekort"),
    ("Hvad koster et pas? Nej, jeg mente et kørekort", "et kørekort"),
    ("hvad koster et pas, jeg mener kørekort", "kørekort"),
    ("Nej, jeg mente hjælpemidler til min mor", "hjælpemidler til min mor"),
    # with «ikke … men»
    ("ikke hjemmehjælp men hjemmesygepleje", "hjemmesygepleje"),
    ("IKKE pas MEN kørekort", "kørekort"),
    ("det er ikke pas, men kørekort", "det kørekort"),
    ("det handler ikke om mit pas men om mit kørekort", "det om mit kørekort"),
    ("jeg spørger ikke om pas, men om kørekort", "jeg om kørekort"),
    ("det er ikke min mor, men min far der skal have hjælp", "det min far der skal have hjælp"),
]

STANDS = [
    "jeg mener at det er for dyrt",
    "jeg mener det er forkert",
    "jeg mener ikke at jeg har fået mit pas",
    "min mor mente kørekort",
    "hvad mener du",
    "jeg mente",
    "jeg har ikke fået mit pas",
    "jeg kan ikke logge på MitID",
    "jeg kan ikke finde mit pas men har mit kørekort",
    "jeg har ikke MitID, men min datter kan hjælpe",
    "jeg er ikke ret gammel, så kan jeg få pension",
    "hvorfor er det ikke gratis",
    "Hvordan får jeg et nyt pas?",
    "nej",
    "nej tak, ellers ikke noget",
    "ikke mere nu",
    "",
    "   ",
]


@pytest.mark.parametrize(("text", "left"), TAKEN_BACK)
def test_what_is_taken_back_does_not_count(text: str, left: str) -> None:
    assert " ".join(what_counts(text).split()) == left


@pytest.mark.parametrize("text", STANDS)
def test_what_is_not_taken_back_stands_to_the_letter(text: str) -> None:
    assert what_counts(text) == text


PIECES = ["jeg ", "mente ", "ikke ", "men ", "nej", ", ", "pas ", "er ", "Ærø ", "aa", "?"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_something_always_counts(text: str) -> None:
    assert bool(what_counts(text).strip()) == bool(text.strip())


SEVERAL = [
    ("Hvor søger jeg pas? Hvad koster det?", ["Hvor søger jeg pas", "Hvad koster det"]),
    ("Hvad koster et pas, og hvor får jeg det?", ["Hvad koster et pas", "hvor får jeg det"]),
    ("hvordan flytter jeg og hvordan får jeg ny læge", ["hvordan flytter jeg", "hvordan får jeg ny læge"]),
    ("hvad koster pas; hvor er I", ["hvad koster pas", "hvor er I"]),
    ("Jeg er flyttet\nJeg vil have en ny læge", ["Jeg er flyttet", "Jeg vil have en ny læge"]),
    ("nyt pas og også kørekort til min søn", ["nyt pas", "også kørekort til min søn"]),
    (
        "jeg skal have pas og jeg skal have kørekort samt hvordan får jeg læge",
        ["jeg skal have pas", "jeg skal have kørekort", "hvordan får jeg læge"],
    ),
]

SINGLE = [
    "pas og kørekort",
    "pas. kørekort",
    "Hej. Hvordan får jeg et pas?",  # a greeting is no question
    "jeg skal flytte og skifte læge",
    "Åbner I kl. 9?",
    "Hvor er Nørregade 3, 8300 Odder",
    "en to. tre fire. fem seks. syv otte.",  # a story
    "Hvad koster det?",
    "?",
    "",
]


@pytest.mark.parametrize(("text", "parts"), SEVERAL)
def test_several_questions_are_told_apart(text: str, parts: list[str]) -> None:
    assert questions(text) == parts


@pytest.mark.parametrize("text", SINGLE)
def test_one_question_stays_whole(text: str) -> None:
    assert questions(text) == [text]


def test_a_long_story_is_one_question() -> None:
    half = "ord " * (MOST_WORDS // 2 - 1) + "slut. "
    assert len(questions(half * 2)) == 2
    assert questions(half * 2 + "mere") == [half * 2 + "mere"]
