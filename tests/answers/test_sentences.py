"""Every fixed sentence can be said, is plain, and exists in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.answers.knowledge import FOLDERS, Knowledge, knowledge
from bot.answers.smalltalk import small_talk
from bot.catalogue.lix import PLAIN_LIMIT, lix
from bot.texts import Texts

DANISH = Path("data/texts/da.yml")
PER_CALL = {
    "emne", "titel", "afdeling", "nummer", "antal", "for_others", "side", "fra", "til", "mest", "plads", "navn", "tid", "dag",
    "klokken", "ugedag", "maaned",
}  # fmt: skip
"""Placeholders that are filled when the sentence is said, beside the municipality's own."""
ENOUGH_WORDS = 20
"""LIX says little of a shorter text."""
FIRST_ANSWER_KEY = "link_search_note"
LAST_ANSWER_KEY = "button_saadan_soeger_du"
"""From the one to the other `da.yml` holds what answers are made of."""
ALSO_IN_OTHER_LANGUAGES = ("button_", "masked_", "engine_failed", "emergency_", "not_kept", "when_")


def small_talk_intents() -> list[str]:
    """The intents that the rules send to the small talk action."""
    rules = YAML(typ="safe").load(Path("data/stories/rules.yml").read_text(encoding="utf-8"))["rules"]
    (steps,) = [rule["steps"] for rule in rules if {"action": "action_smalltalk"} in rule["steps"]]
    return [one["intent"] for one in steps[0].get("or", [steps[0]])]


@pytest.mark.parametrize("language", ["da", *FOLDERS])
@pytest.mark.parametrize("intent", small_talk_intents())
def test_every_intent_of_small_talk_is_answered(intent: str, language: str) -> None:
    reply = small_talk(intent, knowledge(language))
    assert reply.text.strip()
    assert reply.meta == {"decision": "smalltalk", "intent": intent}
    payloads = [one["payload"] for one in reply.buttons]
    if intent == "er_du_robot":
        assert payloads == ["/tal_med_menneske"]
    if intent == "uden_for_emne":
        assert payloads == ["/hvad_kan_du", "/tal_med_menneske"]


def test_every_sentence_can_be_said_and_leaves_nothing_open(real: Knowledge) -> None:
    known = real.catalogue.municipality.placeholders()
    for key in real.texts:
        own = real.texts.placeholders(key) - set(known)
        assert own <= PER_CALL, key
        said = real.texts.say(key, **dict.fromkeys(own, "pas"))
        assert said.strip(), key
        assert "{" not in said, key


def test_longer_sentences_are_plain(real: Knowledge) -> None:
    texts = {key: real.texts.raw(key) for key in real.texts}
    hard = {
        key: lix(text) for key, text in texts.items() if len(text.split()) >= ENOUGH_WORDS and lix(text) > PLAIN_LIMIT
    }
    assert any(len(text.split()) >= ENOUGH_WORDS for text in texts.values())
    assert not hard


@pytest.mark.parametrize("language", FOLDERS)
def test_what_answers_are_made_of_exists_in_the_other_language_with_the_same_placeholders(language: str) -> None:
    danish, other = Texts.load(DANISH), Texts.load(DANISH.with_name(f"{language}.yml"))
    keys = list(danish)
    needed = keys[keys.index(FIRST_ANSWER_KEY) : keys.index(LAST_ANSWER_KEY) + 1]
    needed += [key for key in keys if key.startswith(ALSO_IN_OTHER_LANGUAGES)]
    assert [key for key in needed if key not in other] == []
    assert {key: other.placeholders(key) for key in needed} == {key: danish.placeholders(key) for key in needed}
    assert "danish_only" in other


@pytest.mark.parametrize("language", FOLDERS)
def test_buttons_of_one_language_are_told_apart(language: str) -> None:
    for texts in (Texts.load(DANISH), Texts.load(DANISH.with_name(f"{language}.yml"))):
        titles = [texts.raw(key) for key in texts if key.startswith("button_") and "{" not in texts.raw(key)]
        assert sorted(titles) == sorted(set(titles))
        assert all(len(title) <= 40 for title in titles)


def test_every_sentence_that_the_code_names_exists(real: Knowledge) -> None:
    code = "\n".join(path.read_text() for folder in ("bot/answers", "actions") for path in Path(folder).glob("*.py"))
    named = set(re.findall(r'texts\.(?:say|raw)\("([a-z_]+)"', code))
    assert len(named) > 20
    assert {key for key in named if key not in real.texts} <= {"danish_only"}  # said in other languages only


def test_texts_are_filled_by_the_municipality_and_by_the_call(tmp_path: Path) -> None:
    path = tmp_path / "da.yml"
    path.write_text('a: "Ring {telefon} om {emne}."\na_b: "Ring {telefon}."\n', encoding="utf-8")
    texts = Texts.load(path, {"telefon": "1"})
    assert texts.say("a", emne="pas") == "Ring 1 om pas."
    assert texts.raw("a") == "Ring {telefon} om {emne}."
    assert texts.placeholders("a") == {"telefon", "emne"}
    assert texts.starting("a_") == {"b": "Ring 1."}
    assert list(texts) == ["a", "a_b"]
    assert "b" not in texts
    with pytest.raises(KeyError):
        texts.say("a")
    with pytest.raises(KeyError):
        texts.say("findes_ikke")


def test_a_sentence_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "da.yml"
    path.write_text("tal: 7\n", encoding="utf-8")
    with pytest.raises(ValueError, match="tal skal være tekst"):
        Texts.load(path)
