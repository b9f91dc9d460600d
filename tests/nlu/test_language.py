"""Which language a message is in. A Danish message must never be taken for something else."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.conversation.language import DANISH, ENGLISH, LEAST_WORDS, SPOKEN, Languages
from bot.evaluation import questions

ITEMS = YAML(typ="safe").load(Path("tests/nlu/languages.yml").read_text(encoding="utf-8"))
LINES: dict[str, list[str]] = defaultdict(list)
for item in ITEMS:
    LINES[item["language"]].append(item["text"])
LEAST_RIGHT = 0.9


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages.load(Path("data/texts/languages.yml"), {"telefon": "12 34 56 78"})


def test_danish_is_never_taken_for_another_language(languages: Languages) -> None:
    assert len(LINES[DANISH]) >= 40
    assert {text: languages.of(text) for text in LINES[DANISH] if languages.of(text) != DANISH} == {}


def test_no_everyday_question_is_turned_away(languages: Languages) -> None:
    """They are Danish, and a few English: a language the bot does not speak is never right."""
    everyday = [question.text for question in questions.everyday(Path("tests/nlu"))]
    heard = {text: languages.of(text) for text in everyday}
    assert {text: code for text, code in heard.items() if code not in SPOKEN} == {}
    english = sum(code == ENGLISH for code in heard.values())
    assert 0 < english < 0.05 * len(heard)


@pytest.mark.parametrize(
    "text",
    [
        "er der en ansat online", "mit pas er bortkommet", "den er brun", "nej den er forkert", "er du en robot",
        "ja tag det næste", "ja ja ja", "du er for sej", "der er hul i taget",
        "hvad betyder ich und du, og hvor kan min mand lære det",
    ],
)  # fmt: skip
def test_danish_of_words_that_are_german_too_stays_danish(languages: Languages, text: str) -> None:
    assert languages.of(text) == DANISH


@pytest.mark.parametrize(
    "text",
    ["plofkrz mubbelwub drng", "gaga gugu lulu", "mlkj poiu ytrez", "asdkjh qweoiu zxcmnb", "bla bla bla blubber"],
)
def test_babble_is_no_language(languages: Languages, text: str) -> None:
    assert languages.of(text) == DANISH


@pytest.mark.parametrize("code", sorted(set(LINES) - {DANISH}))
def test_other_languages_are_recognised(languages: Languages, code: str) -> None:
    long_enough = [text for text in LINES[code] if len(text.split()) >= LEAST_WORDS]
    wrong = {text: languages.of(text) for text in long_enough if languages.of(text) != code}
    assert len(long_enough) >= 10
    assert 1 - len(wrong) / len(long_enough) >= LEAST_RIGHT, wrong


@pytest.mark.parametrize("before", ["da", "en", "de"])
@pytest.mark.parametrize("text", ["MitID", "pas", "ok", "taxi", "123", "", "🙂", "Odder"])
def test_a_message_too_short_to_tell_keeps_the_language_of_the_conversation(
    languages: Languages, text: str, before: str
) -> None:
    assert languages.of(text, before) == before


@pytest.mark.parametrize("before", ["en", "de", "uk"])
@pytest.mark.parametrize("text", ["hvad koster det", "på dansk", "jeg vil gerne have et nyt pas", "kørekort"])
def test_clear_danish_turns_the_conversation_back(languages: Languages, text: str, before: str) -> None:
    assert languages.of(text, before) == DANISH


def test_there_is_a_fixed_text_for_every_language_that_is_not_answered_in(languages: Languages) -> None:
    for code in set(LINES) - set(SPOKEN):
        text = languages.fixed_text(code)
        assert text is not None
        assert "12 34 56 78" in text
        assert "112" in text
    for code in SPOKEN:
        assert languages.fixed_text(code) is None
    assert languages.fixed_text("xx") is None


def test_a_script_is_only_told_apart_where_there_is_a_text_for_it() -> None:
    few = Languages({"de": "…", "uk": "…"})
    assert few.of("Скільки це коштує") == "uk"
    assert few.of("كم يكلف ذلك") == DANISH
