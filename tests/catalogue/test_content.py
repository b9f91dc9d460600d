"""What the content in `data` has to keep, whoever edits it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from bot.answers.knowledge import DANISH, FOLDERS, Knowledge, load_knowledge
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.lix import PLAIN_LIMIT, lix
from bot.catalogue.schema import ASPECTS
from bot.settings import Settings

DATA = Path("data")
MUNICIPALITIES = ["odder", "eksempel"]
ENOUGH_WORDS = 20
"""LIX says little of a shorter text."""


@cache
def known(municipality: str, language: str) -> Knowledge:
    return load_knowledge(Settings(municipality=DATA / "kommune" / f"{municipality}.yml"), language)


@pytest.fixture(params=MUNICIPALITIES)
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return known(request.param, DANISH).catalogue


@pytest.fixture(params=[DANISH, *FOLDERS])
def example(request: pytest.FixtureRequest) -> Knowledge:
    return known("eksempel", request.param)


def test_every_municipality_has_a_full_catalogue(catalogue: Catalogue) -> None:
    assert len(catalogue.entries) >= 170


def test_no_placeholder_is_left_open(catalogue: Catalogue) -> None:
    for entry in catalogue.entries.values():
        assert not re.search(r"\{[a-z_]+\}", entry.service.json(ensure_ascii=False)), entry.id
        assert not any("{" in link.url + link.label for link in entry.links), entry.id


def test_every_answer_and_guide_is_plain(catalogue: Catalogue) -> None:
    hard = {}
    for entry in catalogue.entries.values():
        texts = {"answer": entry.service.answer, "steps": entry.service.steps.text() if entry.service.steps else ""}
        texts |= {name: getattr(entry.service, name) or "" for name in ASPECTS}
        for name, text in texts.items():
            long_enough = name in ("answer", "steps") or len(text.split()) >= ENOUGH_WORDS
            # A municipality can't help the length of its name.
            hardness = lix(text.replace(catalogue.municipality.name, "navn"))
            if long_enough and hardness > PLAIN_LIMIT:
                hard[entry.id, name] = round(hardness, 1)
    assert not hard


def test_every_link_can_be_followed(catalogue: Catalogue) -> None:
    for entry in catalogue.entries.values():
        assert entry.links, entry.id
        for link in entry.links:
            assert re.fullmatch(r"https?://[^\s{}/]+\.[a-z]{2,}(/\S*)?", link.url), f"{entry.id}: {link.url}"


def test_related_services_exist_and_are_others(catalogue: Catalogue) -> None:
    everywhere = {name for municipality in MUNICIPALITIES for name in known(municipality, DANISH).catalogue.entries}
    for entry in catalogue.entries.values():
        assert set(entry.service.related) <= everywhere - {entry.id}, entry.id


def test_guides(catalogue: Catalogue) -> None:
    guided = [entry for entry in catalogue.entries.values() if entry.service.steps]
    assert len(guided) >= 60
    technology = [entry for entry in catalogue.entries.values() if entry.subject == "velfaerdsteknologi"]
    assert technology
    assert [entry.id for entry in technology if not entry.service.steps] == []


def test_what_not_every_municipality_grants_is_left_to_the_visitation(catalogue: Catalogue) -> None:
    asked = [entry for entry in catalogue.entries.values() if entry.service.offering == "ask"]
    assert asked
    for entry in asked:
        assert "visitation" in entry.service.json(ensure_ascii=False).lower(), entry.id


def test_titles_are_unlike(catalogue: Catalogue) -> None:
    titles = [entry.title.lower() for entry in catalogue.entries.values()]
    assert sorted(titles) == sorted(set(titles))


def test_nothing_of_odder_is_shown_in_another_municipality(example: Knowledge) -> None:
    for entry in example.catalogue.entries.values():
        shown = entry.service.json(ensure_ascii=False, exclude={"id", "municipalities"})
        assert "odder" not in shown.lower(), entry.id
        assert "odder" not in f"{entry.authority} {entry.department} {entry.links}".lower(), entry.id
    for area in example.finder.areas:
        assert "odder" not in area.json(ensure_ascii=False).lower()
    own = example.catalogue.municipality
    assert "odder" not in own.json(ensure_ascii=False).lower()
    words = own.placeholders()
    for key in example.texts:
        unfilled = example.texts.placeholders(key) - set(words)
        assert "odder" not in example.texts.say(key, **dict.fromkeys(unfilled, "x")).lower(), key


def test_the_example_hides_and_replaces() -> None:
    """Otherwise it would prove little."""
    example, odder = known("eksempel", DANISH).catalogue, known("odder", DANISH).catalogue
    assert set(odder.entries) - set(example.entries) >= set(example.municipality.hide)
    assert example.municipality.hide
    for service_id, own in example.municipality.replace.items():
        assert (
            own.answer is None or example.entries[service_id].service.answer != odder.entries[service_id].service.answer
        )
