"""Every fault in an editor's file is told with file, line, field and remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.catalogue.__main__ import main
from bot.catalogue.load import load_services
from bot.catalogue.municipality import load_authorities, load_municipality
from bot.catalogue.problem import ContentError, Problem
from tests.catalogue.small_data import municipality, service, write, write_yaml

RIGHT = """\
subject: rejse
title: Pas og kørekort
services:
  - id: nyt_pas
    title: Nyt pas
    authority: borger_dk
    kle: "23.05.00"
    department: borgerservice
    keywords: [pas, rejsepas]
    answer: Du kan få et nyt pas her.
    links:
      - label: Bestil tid
        url: https://www.borger.dk/pas
        kind: self_service
        status: checked
    steps:
      do:
        - Bestil en tid.
        - Tag dit pas med.
    price: Det er gratis.
    related: [koerekort]
  - id: koerekort
    title: Kørekort
    authority: borger_dk
    department: borgerservice
    keywords: [kørekort, bilkort]
    answer: Du kan få et nyt kort her.
    links: [{label: Se mere, url: "https://www.borger.dk/k", kind: information, status: checked}]
"""

LINES_OF_DO = "    steps:\n      do:\n        - Bestil en tid.\n        - Tag dit pas med.\n"

FAULTS = [
    # what is written instead of what, the line, the field, a piece of the remedy
    ("    title: Nyt pas\n", "", 4, "nyt_pas: title", "mangler"),
    ("  - id: nyt_pas\n    title", "  - title", 4, "services.nr. 1.id", "mangler"),
    ("        kind: self_service\n", "", 12, "nyt_pas: links.nr. 1.kind", "mangler"),
    ("title: Nyt pas", "title: Nyt pas\n    farve: rød", 6, "nyt_pas: farve", "findes ikke i skemaet"),
    ("title: Nyt pas", "title:", 5, "nyt_pas: title", "er tom"),
    ("title: Nyt pas", "title: ''", 5, "nyt_pas: title", "er tom"),
    ("title: Nyt pas", f"title: {'a' * 71}", 5, "nyt_pas: title", "Højst 70 tegn"),
    ("id: nyt_pas", "id: Nyt-pas", 4, "Nyt-pas: id", "små bogstaver"),
    ('"23.05.00"', '"23.5"', 7, "nyt_pas: kle", "KLE-emnenummer"),
    ("department: borgerservice\n    keywords: [pas", "department: pas\n    keywords: [pas", 8, "nyt_pas: department",
     "kan kun være en af: borgerservice, aeldre_og_pleje"),
    ("[pas, rejsepas]", "pas", 9, "nyt_pas: keywords", "skal være en liste"),
    ("[pas, rejsepas]", "[pas]", 9, "nyt_pas: keywords", "mindst 2"),
    ("Du kan få et nyt pas her.", "[her]", 10, "nyt_pas: answer", "skal være tekst"),
    ("Du kan få et nyt pas her.", "Ja. " * 130, 10, "nyt_pas: answer", "Højst 500 tegn"),
    ("https://www.borger.dk/pas", "www.borger.dk/pas", 13, "nyt_pas: links.nr. 1.url", "https://"),
    ("https://www.borger.dk/pas", "javascript:alert(1)", 13, "nyt_pas: links.nr. 1.url", "https://"),
    ("        kind: self_service", "        kind: button", 14, "nyt_pas: links.nr. 1.kind", "self_service, information"),
    ("status: checked\n    steps", "status: måske\n    steps", 15, "nyt_pas: links.nr. 1.status", "checked, unverified"),
    (LINES_OF_DO, "    steps: [Bestil en tid.]\n", 16, "nyt_pas: steps", "underpunkter"),
    ("        - Tag dit pas med.\n", "", 17, "nyt_pas: steps.do", "mindst 2"),
    ("[koerekort]", "[a, b, c, d, e, f]", 21, "nyt_pas: related", "højst have 5"),
    ("[koerekort]", "[koerkort]", 21, "nyt_pas: related", "henviser til koerkort, som ikke findes"),
    ("    related:", "    escalate: måske\n    related:", 21, "nyt_pas: escalate", "true eller false"),
    ("    related:", "    life_events: [ferie]\n    related:", 21, "nyt_pas: life_events.nr. 1", "kan kun være en af"),
    ("    related:", "    offering: maybe\n    related:", 21, "nyt_pas: offering", "yes, ask"),
    ("subject: rejse", "subject: rejser", 1, "subject", "skal hedde som filen: rejse"),
    ("title: Pas og kørekort\n", "", 1, "title", "mangler"),
]  # fmt: skip


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(ContentError) as caught:
        load_services(folder)
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    return caught.value.problems


def test_the_file_that_the_faults_are_made_from_is_right(tmp_path: Path) -> None:
    write(tmp_path / "rejse.yml", RIGHT)
    assert {name: subject for name, (_, subject) in load_services(tmp_path).items()} == {
        "nyt_pas": "rejse",
        "koerekort": "rejse",
    }


@pytest.mark.parametrize(("right", "wrong", "line", "field", "remedy"), FAULTS)
def test_fault_names_file_line_field_and_remedy(
    tmp_path: Path, right: str, wrong: str, line: int, field: str, remedy: str
) -> None:
    assert RIGHT.count(right) == 1
    path = write(tmp_path / "rejse.yml", RIGHT.replace(right, wrong))
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line, problem.field) == (path, line, field)
    assert remedy in problem.remedy
    assert str(problem) == f"{path}, linje {line}: {field}: {problem.remedy}"


ENGLISH = re.compile(r"\b(value|valid|field|ensure|must|unexpected|expected|match|invalid)\b")


@pytest.mark.parametrize("wrong", [None, "ord", 7, True, ["ord"], {"ord": "ord"}, [["ord"]], ""])
def test_remedies_are_danish_whatever_is_wrong(tmp_path: Path, wrong: Any) -> None:
    full = YAML(typ="safe").load(RIGHT)["services"][0]
    own = municipality(
        chat_hours={"monday": ["09:00", "15:00"]}, hide=["nyt_pas"], replace={"nyt_pas": {"answer": "Kom."}}
    )
    for field in full:
        write_yaml(tmp_path / "rejse.yml", {"subject": "rejse", "title": "T", "services": [{**full, field: wrong}]})
        for found in _remedies(lambda: load_services(tmp_path)):
            assert not ENGLISH.search(found), f"{field}: {found}"
    for field in own:
        path = write_yaml(tmp_path / "kommune" / "lilleby.yml", {**own, field: wrong})
        for found in _remedies(lambda path=path: load_municipality(path)):
            assert not ENGLISH.search(found), f"{field}: {found}"


def _remedies(load: Any) -> list[str]:
    try:
        load()
    except ContentError as error:
        return [problem.remedy for problem in error.problems]
    return []


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path / "rejse.yml", RIGHT.replace("    title: Nyt pas\n", "").replace("[kørekort, bilkort]", "[kort]"))
    write(tmp_path / "tom.yml", "- ikke rigtigt\n")
    write(tmp_path / "ulæselig.yml", "a: [\n")
    found = [(problem.path.name, problem.line, problem.field) for problem in problems_of(tmp_path)]
    assert found == [
        ("rejse.yml", 4, "nyt_pas: title"),
        ("rejse.yml", 25, "koerekort: keywords"),
        ("tom.yml", 1, ""),
        ("ulæselig.yml", 2, ""),
    ]


def test_an_id_used_twice_names_the_place_of_the_first(tmp_path: Path) -> None:
    write(tmp_path / "rejse.yml", RIGHT)
    second = write(
        tmp_path / "trafik.yml", RIGHT.replace("subject: rejse", "subject: trafik").replace("nyt_pas", "pas")
    )
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line, problem.field) == (second, 22, "koerekort: id")
    assert f"bruges allerede i {tmp_path / 'rejse.yml'}, linje 22." in problem.remedy


def test_hard_language_is_told_with_its_hardest_words(tmp_path: Path) -> None:
    hard = "Sagsbehandlingstiden afhænger af legitimationsoplysningerne og kommunens bemanding."
    path = write(tmp_path / "rejse.yml", RIGHT.replace("Du kan få et nyt pas her.", hard))
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line, problem.field) == (path, 10, "nyt_pas: answer")
    # 7 words in one sentence, 5 of them longer than six letters: 7 + 71
    assert "LIX er 78, højst 35" in problem.remedy
    assert "legitimationsoplysningerne, Sagsbehandlingstiden, bemanding, kommunens, afhænger" in problem.remedy


def test_hard_guide_is_told_at_its_steps(tmp_path: Path) -> None:
    hard = "Fremvis legitimationsoplysningerne ved ekspeditionsskranken."
    write(tmp_path / "rejse.yml", RIGHT.replace("Bestil en tid.", hard).replace("Tag dit pas med.", hard))
    (problem,) = problems_of(tmp_path)
    assert (problem.line, problem.field) == (16, "nyt_pas: steps")


def test_a_short_follow_up_may_hold_a_long_word_but_a_long_one_may_not_be_hard(tmp_path: Path) -> None:
    short = "Legitimation koster ikke noget her."  # 5 words, 1 long: LIX 25
    harder = "Legitimation koster sommetider ekstra penge."  # 5 words, 2 long: LIX 45, allowed to 50 when short
    write(tmp_path / "rejse.yml", RIGHT.replace("Det er gratis.", short))
    load_services(tmp_path)
    write(tmp_path / "rejse.yml", RIGHT.replace("Det er gratis.", harder))
    load_services(tmp_path)
    write(tmp_path / "rejse.yml", RIGHT.replace("Det er gratis.", " ".join([harder] * 4)))
    (problem,) = problems_of(tmp_path)
    assert (problem.line, problem.field) == (20, "nyt_pas: price")


@pytest.mark.parametrize(
    ("written", "line", "remedy"),
    [
        ("subject: a\n  title: b\n", 2, "YAML kan ikke læses"),
        ("subject: a\ntitle: b\nservices:\n\t- id: c\n", 4, "YAML kan ikke læses"),
        ("subject: a\ntitle: b\ntitle: c\n", 3, "YAML kan ikke læses"),
        ("subject: a\ntitle: b\nservices: *c\n", 3, "YAML kan ikke læses"),
        ("subject: a\ntitle: «b» \x0b c\n", 2, "usynligt tegn"),
        ("subject: a\ntitle: Børn\n".encode("latin-1"), 2, "Gem filen som UTF-8"),
        ("", 1, "skal begynde med subject:"),
        ("bare tekst\n", 1, "skal begynde med subject:"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_line(
    tmp_path: Path, written: str | bytes, line: int, remedy: str
) -> None:
    path = write(tmp_path / "a.yml", written)
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line) == (path, line)
    assert remedy in problem.remedy


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.remedy) == (tmp_path, "ingen filer med ydelser fundet.")


def test_chosen_files_are_checked_without_what_they_refer_to(tmp_path: Path) -> None:
    path = write(tmp_path / "rejse.yml", RIGHT.replace("[koerekort]", "[et_helt_andet_sted]"))
    assert set(load_services(tmp_path, only=[path])) == {"nyt_pas", "koerekort"}
    (problem,) = problems_of(tmp_path)
    assert "et_helt_andet_sted" in problem.remedy


def test_the_command_prints_problems_and_counts_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = write(tmp_path / "rejse.yml", RIGHT)
    assert main([str(right)]) == 0
    assert capsys.readouterr().out == "2 ydelser er i orden.\n"
    wrong = write(tmp_path / "rejse.yml", RIGHT.replace("    title: Nyt pas\n", ""))
    assert main([str(wrong)]) == 1
    printed = capsys.readouterr().out
    assert f"{wrong}, linje 4: nyt_pas: title: mangler." in printed
    assert printed.endswith("1 fejl.\n")


def test_the_command_tells_of_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "væk.yml")]) == 1
    assert "væk.yml: filen findes ikke" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "field", "remedy"),
    [
        ({"phone": None}, "phone", "er tom"),
        ({"logo": "x.png"}, "logo", "findes ikke i skemaet"),
        ({"colour": "grøn"}, "colour", "#"),
        ({"chat_hours": {"mandag": ["09:00", "15:00"]}}, "chat_hours.__key__", "monday"),
        ({"chat_hours": {"monday": ["kl. 9", "15:00"]}}, "chat_hours.monday.nr. 1", "klokkeslæt"),
        ({"chat_hours": {"monday": ["09:00"]}}, "chat_hours.monday", "2"),
        ({"replace": {"pas": {"svar": "Kom."}}}, "replace.pas.svar", "findes ikke i skemaet"),
        (
            {"authorities": {"kommune": {"name": "L", "front_page": "lilleby"}}},
            "authorities.kommune.front_page",
            "https",
        ),
    ],
)
def test_fault_in_a_municipality_file(tmp_path: Path, change: dict[str, Any], field: str, remedy: str) -> None:
    path = write_yaml(tmp_path / "lilleby.yml", municipality(**change))
    with pytest.raises(ContentError) as caught:
        load_municipality(path)
    (problem,) = caught.value.problems
    assert (problem.path, problem.field) == (path, field)
    assert problem.line > 0
    assert remedy in problem.remedy


def test_fault_in_the_authorities_names_the_authority_and_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "authorities.yml",
        "# Myndigheder\na: {name: A, front_page: 'https://a.dk/'}\nb: {name: B, front_page: b.dk}\nc: {name: C}\n",
    )
    with pytest.raises(ContentError) as caught:
        load_authorities(path)
    assert [(problem.line, problem.field) for problem in caught.value.problems] == [
        (3, "b.front_page"),
        (4, "c.front_page"),
    ]
    write(path, "a: {name: A, front_page: 'https://a.dk/'}\n")
    assert load_authorities(path)["a"].front_page == "https://a.dk"


def test_a_service_written_by_the_other_tests_is_right(tmp_path: Path) -> None:
    write_yaml(tmp_path / "emne.yml", {"subject": "emne", "title": "Emne", "services": [service("pas")]})
    assert list(load_services(tmp_path)) == ["pas"]
