"""Letters, stems and sounds: what must become alike, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import fold, normal_form, sound, stem, words


@pytest.mark.parametrize(
    ("writings", "folded"),
    [
        (["æble", "ÆBLE", "aeble", "Aeble", "äble"], "eble"),
        (["kørekort", "KØREKORT", "koerekort", "körekort", "korekort"], "korekort"),
        (["Århus", "aarhus", "AARHUS", "arhus", "a\u030arhus"], "arhus"),
        (["blåbærgrød", "blaabaergroed", "blåbaergrød"], "blabergrod"),
        (["påegning", "paaegning"], "pegning"),
        (["hjææælp", "hjææææææælp"], "hjeelp"),
        (["idé", "idè", "ide"], "ide"),
        (["müsli"], "mysli"),
        (["jaaaaa", "jååå", "ja"], "ja"),
        (["neeeej", "neeeeeeeej"], "neej"),
        (["hallo"], "hallo"),  # two of a letter are kept
        (["8000"], "8000"),  # and of a digit all: another number is another thing
    ],
)
def test_ways_to_write_the_same_fold_to_the_same(writings: list[str], folded: str) -> None:
    assert {fold(writing) for writing in writings} == {folded}


@given(st.text(st.sampled_from("aeoåæøäöéèüAEOÅÆØbrx 1-'\n"), max_size=12))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=0x17F), max_size=30))
def test_words_are_folded_and_joined_by_single_blanks(text: str) -> None:
    assert normal_form(text).split() == words(text)
    assert "  " not in normal_form(text)
    assert all(word == fold(word) for word in words(text))


def test_words_leave_signs_out_and_keep_numbers() -> None:
    assert words("Hvad koster et pas, 893 kr.? (MitID-app)") == [
        "hvad", "koster", "et", "pas", "893", "kr", "mitid", "app",
    ]  # fmt: skip
    assert words("… _ !") == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("skole", "skolen"), ("skole", "skoler"), ("bolig", "boligen"), ("barnevogn", "barnevognen"),
        ("hund", "hunden"), ("flytte", "flytter"), ("ansøgning", "ansøgninger"), ("kommune", "kommunens"),
    ],
)  # fmt: skip
def test_inflections_share_a_stem(left: str, right: str) -> None:
    assert stem(fold(left)) == stem(fold(right))


SOUNDS_ALIKE = [
    ("hvornår", "vornår"), ("hvad", "vad"), ("hvem", "wem"), ("kørekort", "kørrekort"), ("mand", "man"),
    ("kald", "kal"), ("bord", "bor"), ("siddet", "sidded"), ("arbejde", "arbejdet"), ("passet", "pasede"),
    ("cykel", "sykel"), ("center", "senter"), ("zone", "sone"), ("taxa", "taksa"), ("telefon", "telephon"),
    ("affald", "afal"), ("kommune", "komune"), ("lægge", "lække"), ("bolig", "polig"), ("cpr", "kpr"),
    ("hund", "hun"), ("flytter", "flyter"), ("hjælpemiddel", "hjelpemidel"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "heard"), SOUNDS_ALIKE)
def test_spelt_by_ear_sounds_alike(right: str, heard: str) -> None:
    assert sound(fold(right)) == sound(fold(heard))


SOUNDS_UNLIKE = [
    ("pas", "bus"), ("pas", "pris"), ("skole", "skat"), ("barn", "børn"), ("mand", "mad"), ("bil", "bål"),
    ("læge", "lån"), ("affald", "afslag"), ("hjemmehjælp", "hjemmeside"), ("mor", "far"),
    ("storskrald", "skat"), ("kørekort", "sundhedskort"), ("dagpleje", "hjemmepleje"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), SOUNDS_UNLIKE)
def test_other_words_sound_unlike(left: str, right: str) -> None:
    assert sound(fold(left)) != sound(fold(right))


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=15))
def test_a_sound_is_no_longer_than_its_word_but_for_x(word: str) -> None:
    assert len(sound(word)) <= len(word) + word.count("x")
