"""The welfare technology finder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from bot.answers.finder import APPLY_SERVICE, MOST_SUGGESTIONS, ask_area, ask_need, load_finder, show_suggestions
from bot.answers.knowledge import Knowledge
from bot.catalogue.problem import ContentError
from bot.catalogue.schema import Need
from tests.catalogue.small_data import write


@pytest.mark.parametrize("need", get_args(Need))
def test_every_need_has_one_to_four_suggestions(real: Knowledge, need: str) -> None:
    found = real.finder.suggest([need])
    assert 1 <= len(found) <= MOST_SUGGESTIONS == 4
    assert all(need in entry.service.helps_with for entry in found)
    text = show_suggestions(found, real).text
    for entry in found:
        assert f"• {entry.title}: {entry.service.in_short or entry.service.answer}" in text


def test_every_need_can_be_reached_by_buttons_and_once_only(real: Knowledge) -> None:
    offered = [need.id for area in real.finder.areas for need in area.needs]
    assert sorted(offered) == sorted(get_args(Need))


def test_areas_and_needs_do_not_share_ids_because_one_entity_carries_both(real: Knowledge) -> None:
    needs = set(get_args(Need)) - {"tryghed"}  # an area and a need: the area is asked about first
    assert not needs & {area.id for area in real.finder.areas}


def test_questions_offer_areas_then_needs(small: Knowledge) -> None:
    first = ask_area(small)
    assert first.buttons == ({"title": "Hjemme", "payload": '/finder_valg{"behov": "hjem"}'},)
    area = small.finder.area("hjem")
    assert area is not None
    second = ask_need(area, small)
    picked = [json.loads(one["payload"].removeprefix("/finder_valg"))["behov"] for one in second.buttons]
    assert picked == ["fald", "bad_og_toilet", "se"]
    assert small.finder.area("fald") is None


def test_what_fits_most_needs_comes_first_and_the_special_before_the_general(small: Knowledge) -> None:
    assert [entry.id for entry in small.finder.suggest(["fald"])] == ["alarm", "greb"]
    assert [entry.id for entry in small.finder.suggest(["fald", "bad_og_toilet"])] == ["greb", "alarm"]
    assert small.finder.suggest(["se", "findes_ikke"]) == []


def test_suggestions_are_short_lines_with_buttons_to_their_answers(small: Knowledge) -> None:
    reply = show_suggestions(small.finder.suggest(["fald"]), small)
    assert "• Alarm: En knap om halsen.\n• Greb: Hold fast." in reply.text
    assert [one["payload"] for one in reply.buttons] == ['/vaelg{"emne": "alarm"}', '/vaelg{"emne": "greb"}']
    assert reply.meta == {"decision": "finder_result", "suggested": ["alarm", "greb"]}


def test_no_suggestion_still_tells_whom_to_call(real: Knowledge) -> None:
    reply = show_suggestions([], real)
    assert real.catalogue.municipality.phone in reply.text
    assert [one["payload"] for one in reply.buttons] == [f'/vaelg{{"emne": "{APPLY_SERVICE}"}}']


@pytest.mark.parametrize(
    ("written", "line", "field", "remedy"),
    [
        ("areas:\n  - id: a\n    title: A\n", 2, "areas.nr. 1.needs", "mangler"),
        ("areas:\n  - id: a\n    title: A\n    needs:\n      - {id: flyve, title: F}\n", 5, "areas.nr. 1.needs.nr. 1.id", "fald"),
        ("areas: []\n", 1, "areas", "mindst 1"),
    ],
)  # fmt: skip
def test_fault_in_the_finder_file(
    data: Path, small: Knowledge, written: str, line: int, field: str, remedy: str
) -> None:
    path = write(data / "finder.yml", written)
    with pytest.raises(ContentError) as caught:
        load_finder(path, small.catalogue)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.field) == (path, line, field)
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("text", "whole", "needs"),
    [
        ("jeg er bange for at falde", False, ["fald"]),
        ("Jeg kan ikke HØRE fjernsynet", False, ["hoere"]),
        ("Jeg kan ikke høre fjernsynet", True, []),  # says more than the need
        ("høre", True, ["hoere"]),
        ("kan ikke åbne døren", True, ["doeren"]),
        ("jeg skal have nyt pas", False, []),
        ("hvad med mig", False, []),
        ("", True, []),
    ],
)
def test_own_words_find_the_need_they_name(real: Knowledge, text: str, whole: bool, needs: list[str]) -> None:
    assert real.finder.needs_in(text, whole=whole) == needs


def test_own_words_find_the_area_they_name(real: Knowledge) -> None:
    area = real.finder.area_in("tryghed", whole=True)
    assert area is not None
    assert area.id == "tryghed"
    assert real.finder.area_in("noget helt andet", whole=False) is None


@pytest.mark.parametrize("need", get_args(Need))
def test_every_need_is_found_by_its_own_title(real: Knowledge, need: str) -> None:
    (title,) = [one.title for area in real.finder.areas for one in area.needs if one.id == need]
    assert need in real.finder.needs_in(title, whole=True)
