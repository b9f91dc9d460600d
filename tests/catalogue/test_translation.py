"""A layer of the catalogue in another language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.catalogue import Catalogue, load_catalogue
from bot.catalogue.problem import ContentError
from bot.catalogue.translation import translated
from tests.catalogue.small_data import link, service, write, write_data, write_yaml

STEPS = {"do": ["Åbn siden.", "Betal."]}


def english(folder: Path, danish: dict[str, Any], translation: dict[str, Any]) -> Catalogue:
    data = write_data(folder, danish, service("affald"))
    path = write_yaml(data / "english" / "services.yml", {"services": {danish["id"]: translation}})
    return translated(load_catalogue(data, "lilleby"), path)


def test_what_is_translated_is_english_and_what_is_not_is_flagged_and_still_danish(tmp_path: Path) -> None:
    found = english(
        tmp_path,
        service("pas", steps=STEPS, price="Det koster lidt."),
        {
            "title": "Passport",
            "answer": "Go to {kommune}.",
            "steps": {"do": ["Open the page.", "Pay."], "next": "Call {telefon}."},
            "price": "It costs a little.",
        },
    )
    entry = found.entries["pas"]
    assert (entry.title, entry.service.answer, entry.danish_only) == ("Passport", "Go to Lilleby Kommune.", False)
    assert entry.service.price == "It costs a little."
    assert entry.service.steps is not None
    assert entry.service.steps.do == ["Open the page.", "Pay."]
    assert entry.service.steps.next == "Call 12 34 56 78."
    other = found.entries["affald"]
    assert (other.title, other.service.answer, other.danish_only) == ("Affald", "Du kan gøre det her.", True)


def test_danish_fields_without_translation_are_not_mixed_in(tmp_path: Path) -> None:
    danish = service(
        "pas",
        steps=STEPS,
        price="Dyrt.",
        deadline="Nu.",
        who_can="Alle.",
        paper="Ja.",
        for_others="Ja.",
        kle="23.05.00",
    )
    entry = english(tmp_path, danish, {"title": "Passport", "answer": "Go there."}).entries["pas"]
    left = entry.service.dict(include={"steps", "price", "deadline", "who_can", "paper", "for_others"})
    assert set(left.values()) == {None}
    assert entry.service.kle == "23.05.00"


def test_labels_follow_the_danish_links_in_order(tmp_path: Path) -> None:
    danish = service(
        "pas", links=[link("https://www.borger.dk/a", label="A"), link("https://www.borger.dk/b", label="B")]
    )
    both = english(tmp_path, danish, {"title": "P", "answer": "Go.", "links": ["First", "Second"]}).entries["pas"]
    assert [(one.label, one.url) for one in both.links] == [
        ("First", "https://www.borger.dk/a"),
        ("Second", "https://www.borger.dk/b"),
    ]
    assert [one.kind for one in both.links] == ["self_service", "self_service"]
    one = english(tmp_path, danish, {"title": "P", "answer": "Go.", "links": ["First"]}).entries["pas"]
    assert [shown.label for shown in one.links] == ["First", "B"]


def test_a_label_stays_with_its_page_when_a_link_before_it_is_not_shown(tmp_path: Path) -> None:
    danish = service(
        "pas",
        links=[
            link("https://politi.dk/a", "unverified", "A"),
            link("https://politi.dk/b", "unverified", "B"),
            link("https://www.borger.dk/c", label="C"),
        ],
    )
    entry = english(tmp_path, danish, {"title": "P", "answer": "Go.", "links": ["a", "b", "c"]}).entries["pas"]
    assert [(one.url, one.search_for) for one in entry.links] == [
        ("https://politi.dk", "Pas"),  # the Danish word: the page is Danish
        ("https://www.borger.dk/c", None),
    ]
    assert entry.links[1].label == "c"


def test_another_number_of_steps_is_a_fault_with_place_and_count(tmp_path: Path) -> None:
    data = write_data(tmp_path, service("pas", steps=STEPS))
    path = write(
        data / "english" / "services.yml",
        "services:\n  pas:\n    title: P\n    answer: Go.\n    steps:\n      do: [One., Two., Three.]\n",
    )
    with pytest.raises(ContentError) as caught:
        translated(load_catalogue(data, "lilleby"), path)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.field) == (path, 6, "pas: steps.do")
    assert "2 trin" in problem.remedy


@pytest.mark.parametrize(
    ("written", "line", "field", "remedy"),
    [
        ("services:\n  pas:\n    title: P\n", 2, "services.pas.answer", "mangler"),
        ("services:\n  pas:\n    title: P\n    answer: Go.\n    answr: x\n", 5, "services.pas.answr", "findes ikke"),
        ("service: {}\n", 1, "services", "mangler"),
        ("services: [\n", 2, "", "YAML kan ikke læses"),
    ],
)
def test_fault_in_the_file_names_line_and_field(
    tmp_path: Path, written: str, line: int, field: str, remedy: str
) -> None:
    data = write_data(tmp_path, service("pas"))
    path = write(data / "english" / "services.yml", written)
    with pytest.raises(ContentError) as caught:
        translated(load_catalogue(data, "lilleby"), path)
    problem = caught.value.problems[0]
    assert (problem.path, problem.line, problem.field) == (path, line, field)
    assert remedy in problem.remedy
