"""LIX against values worked out by hand: words per sentence + percentage of words with more than six letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.lix import hardest_words, lix

WORKED_OUT = [
    ("", 0.0),
    ("… – !", 0.0),
    ("Du bor her", 3.0),
    ("Du kan søge om pas. Det er let.", 4.0),  # 8 words, 2 sentences
    ("Kortet", 1.0),  # six letters are not many
    ("Kortene", 101.0),
    ("Kommunen hjælper dig.", 3 + 200 / 3),
    ("Er du væk? Ring! Så kommer vi.", 7 / 3),
    ("Husk: pas.", 1.0),  # a colon ends a sentence
    ("Det koster 893,50 kr.", 4.0),  # a number is one word, its comma ends nothing
    ("Skriv dit cpr-nummer.", 3 + 100 / 3),  # with a hyphen: one word of ten letters
    ("Æblerød ÅBNINGER", 2 + 100.0),
    ("Første linje\nanden linje.", 4.0),
]


@pytest.mark.parametrize(("text", "value"), WORKED_OUT)
def test_value_worked_out_by_hand(text: str, value: float) -> None:
    assert lix(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "name",
    [
        "borger.dk", "www.borger.dk", "https://www.borger.dk/familie-og-boern/barsel", "lifeindenmark.borger.dk",
        "odderbibliotekerne.dk/aabningstider", "{borgerservice_telefon}", "{kommune}",
    ],
)  # fmt: skip
def test_addresses_and_placeholders_count_as_one_short_word(name: str) -> None:
    assert lix(f"Gå til {name} nu.") == lix("Gå til navn nu.") == 4.0
    assert hardest_words(f"Gå til {name} nu.") == []


def test_hardest_words_come_longest_first_once_each_and_never_the_short_ones() -> None:
    text = "Ansøgning om hjælpemidler. Ansøgning om kørestol, og hjælpemidler til boligen."
    assert hardest_words(text) == ["hjælpemidler", "Ansøgning", "kørestol", "boligen"]
    assert hardest_words(text, most=2) == ["hjælpemidler", "Ansøgning"]


sentences = st.lists(st.sampled_from(["du", "kan", "kommunen", "søge", "hjælpemidler", "om"]), min_size=1, max_size=12)


@given(sentences)
def test_a_text_said_twice_is_as_hard_as_once(words: list[str]) -> None:
    text = " ".join(words) + "."
    assert lix(f"{text} {text}") == pytest.approx(lix(text))


@given(sentences, sentences)
def test_a_full_stop_between_makes_it_easier(first: list[str], second: list[str]) -> None:
    left, right = " ".join(first), " ".join(second)
    assert lix(f"{left}. {right}.") < lix(f"{left} {right}.")
