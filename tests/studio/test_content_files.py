"""The editors' real files, changed a service at a time."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.catalogue import load_catalogue
from bot.catalogue.problem import ContentError
from bot.catalogue.translation import translated
from bot.studio.content_files import ContentFiles
from bot.studio.state import SHARED, State

ROOT = Path(__file__).parents[2]


def snapshot(data: Path) -> dict[str, str]:
    return {str(path.relative_to(data)): path.read_text(encoding="utf-8") for path in sorted(data.rglob("*.yml"))}


def changes(before: dict[str, str], data: Path) -> dict[str, list[str]]:
    """File → the lines of its diff."""
    after = snapshot(data)
    found = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        lines = [
            line
            for line in difflib.unified_diff(old, new, n=0, lineterm="")
            if not line.startswith(("+++", "---", "@@"))
        ]
        if lines or (name in before) != (name in after):
            found[name] = lines
    return found


def changed(state: State | None, **fields: Any) -> State:
    assert state
    return replace(state, fields={**state.fields, **fields})


def new_service(**values: Any) -> State:
    fields = {
        "title": "Lån af hoppeborg",
        "authority": "kommune",
        "department": "kultur_og_fritid",
        "keywords": ["hoppeborg", "lån hoppeborg"],
        "answer": "Du kan låne en hoppeborg. Ring til os.",
        "links": [{"label": "Lån", "url": "https://www.odder.dk", "kind": "self_service", "status": "checked"}],
    }
    return State(
        SHARED, "hoppeborg", "kultur", {**fields, **values}, ("må jeg låne en hoppeborg", "hoppeborg til fest")
    )


def test_saving_what_was_read_leaves_every_file_as_it_is(files: ContentFiles) -> None:
    before = snapshot(files.data)
    states = [files.read(service.id) for service in files.services()]
    assert len(states) > 150
    assert files.write([state for state in states if state]) == []
    assert changes(before, files.data) == {}


def test_one_field_changes_only_its_lines(files: ContentFiles) -> None:
    before = snapshot(files.data)
    files.write([changed(files.read("genbrugsstation"), title="Genbrugsplads")])
    assert changes(before, files.data) == {
        "services/affald.yml": ["-    title: Genbrugsstation", "+    title: Genbrugsplads"]
    }


def test_phrasings_are_added_and_removed_by_the_line(files: ContentFiles) -> None:
    before = snapshot(files.data)
    state = files.read("storskrald")
    assert state
    kept = tuple(line for line in state.phrasings if line != state.phrasings[3])
    files.write([replace(state, phrasings=(*kept, "  sofaen  skal væk "))])
    assert changes(before, files.data) == {"nlu/affald.yml": [f"-    - {state.phrasings[3]}", "+    - sofaen skal væk"]}
    assert "sofaen skal væk" in (files.read("storskrald") or state).phrasings


def test_a_new_service_and_what_it_takes_to_remove_it_again(files: ContentFiles) -> None:
    before = snapshot(files.data)
    state = replace(new_service(price="Det er gratis."), tests=("hvor får jeg fat i en hoppeborg",))
    written = files.write([state])
    assert sorted(path.relative_to(files.data).as_posix() for path in written) == [
        "nlu/kultur.yml",
        "services/kultur.yml",
        "tests/kultur.yml",
    ]
    assert all(not line.startswith("-") for lines in changes(before, files.data).values() for line in lines)
    assert files.read("hoppeborg") == state
    assert load_catalogue(files.data, "odder").get("hoppeborg")
    files.write([replace(state, gone=True)])
    left = changes(before, files.data)
    assert not [line for lines in left.values() for line in lines if line.strip("+- ")]


def test_a_new_subject_is_a_new_pair_of_files(files: ContentFiles) -> None:
    state = replace(new_service(), subject="fest")
    assert [problem.field for problem in files.problems(state)] == ["subject"]
    files.write([state], {"fest": "Fest og farver"})
    assert [subject.title for subject in files.subjects() if subject.name == "fest"] == ["Fest og farver"]
    assert files.read("hoppeborg") == state
    files.write([replace(state, gone=True)])
    assert not list(files.data.glob("*/fest.yml"))


def test_a_service_moves_to_another_subject_with_its_phrasings(files: ContentFiles) -> None:
    state = files.read("haveaffald")
    assert state
    files.write([replace(state, subject="miljoe")])
    moved = files.read("haveaffald")
    assert moved
    assert moved.subject == "miljoe"
    assert moved.fields == state.fields
    assert set(moved.phrasings) == set(state.phrasings)
    assert load_catalogue(files.data, "odder").get("haveaffald")


def test_nothing_refers_to_a_removed_service(files: ContentFiles) -> None:
    state = files.read("robotstoevsuger")
    assert state
    files.write([replace(state, gone=True)])
    assert files.read("robotstoevsuger") is None
    assert "robotstoevsuger" not in (files.data / "kommune" / "eksempel.yml").read_text(encoding="utf-8")
    load_catalogue(files.data, "odder")
    load_catalogue(files.data, "eksempel")


def test_a_municipality_words_a_service_its_own_way_or_hides_it(files: ContentFiles) -> None:
    before = snapshot(files.data)
    files.write([State("odder", "storskrald", fields={"answer": "Vi henter det ikke."})])
    assert changes(before, files.data) == {
        "kommune/odder.yml": [
            "-    links:",
            '-      - {label: "Se om storskrald", url: "https://renosyd.dk", kind: information, status: checked}',
            "+    answer: Vi henter det ikke.",
        ]
    }
    entry = load_catalogue(files.data, "odder").get("storskrald")
    assert entry
    assert entry.service.answer == "Vi henter det ikke."
    before = snapshot(files.data)
    files.write([State("odder", "haveaffald", gone=True)])
    assert changes(before, files.data)["kommune/odder.yml"][:2] == ["-hide: []", "+hide: [haveaffald]"]
    assert files.read("haveaffald", "odder") == State("odder", "haveaffald", gone=True)
    assert load_catalogue(files.data, "odder").get("haveaffald") is None
    files.write([State("odder", "haveaffald")])
    assert files.read("haveaffald", "odder") is None


@pytest.mark.parametrize(
    ("fields", "field", "remedy"),
    [
        ({"title": "x" * 80}, "affald: title", "for lang"),
        ({"kle": "07-18"}, "affald: kle", "KLE"),
        ({"links": []}, "affald: links", "mangler"),
        (
            {"links": [{"label": "x", "url": "javascript:alert(1)", "kind": "information", "status": "checked"}]},
            "affald: links.nr. 1.url",
            "https",
        ),
        ({"department": "rumfart"}, "affald: department", "kan kun være"),
        ({"ukendt": "felt"}, "affald: ukendt", "findes ikke i skemaet"),
        (
            {"answer": "Ressourceforløbsydelsesberegningsgrundlaget revurderes kvartalsvis efterfølgende."},
            "affald: answer",
            "LIX",
        ),
    ],
)
def test_what_the_schema_refuses_is_refused_with_its_place(
    files: ContentFiles, fields: dict[str, Any], field: str, remedy: str
) -> None:
    before = snapshot(files.data)
    with pytest.raises(ContentError) as refused:
        files.write([changed(files.read("affald"), **fields)])
    (problem,) = refused.value.problems
    assert problem.path == files.data / "services" / "affald.yml"
    assert problem.line > 0
    assert problem.field == field
    assert remedy in problem.remedy
    assert changes(before, files.data) == {}


@pytest.mark.parametrize("line", ["/restart", "[pas](emne) ja", "to\nlinjer\x00", "x" * 501, '[a]{"entity": "b"}'])
def test_a_phrasing_is_words_and_nothing_else(files: ContentFiles, line: str) -> None:
    state = files.read("affald")
    assert state
    assert files.problems(replace(state, phrasings=(*state.phrasings, line)))


def test_a_file_broken_by_hand_says_so_and_stops_no_other(files: ContentFiles) -> None:
    path = files.data / "services" / "affald.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    title: Storskrald", "   title: Storskrald"), encoding="utf-8"
    )
    broken = next(subject for subject in files.subjects() if subject.name == "affald")
    assert broken.problems[0].line > 0
    assert "YAML" in broken.problems[0].remedy
    with pytest.raises(ContentError, match=r"affald\.yml, linje"):
        files.read("affald")
    with pytest.raises(ContentError, match=r"affald\.yml, linje"):
        files.read("storskrald")
    state = files.read("pas")
    assert files.write([changed(state, title="Pas og rejse")]) == [files.data / "services" / "pas_koerekort_id.yml"]
    assert "affald" not in {service.subject for service in files.services()}
    assert len(files.services()) > 100


def test_a_change_by_hand_is_seen_at_once(files: ContentFiles) -> None:
    assert files.read("storskrald")
    path = files.data / "services" / "affald.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("title: Storskrald", "title: Store ting"), encoding="utf-8"
    )
    state = files.read("storskrald")
    assert state
    assert state.fields["title"] == "Store ting"


def test_a_translated_guide_that_no_longer_fits_is_taken_out(files: ContentFiles) -> None:
    state = files.read("flytning")
    assert state
    steps = {**state.fields["steps"], "do": state.fields["steps"]["do"][:-1]}
    written = files.write([changed(state, steps=steps)])
    assert files.data / "english" / "services.yml" in written
    english = translated(load_catalogue(files.data, "odder"), files.data / "english" / "services.yml").get("flytning")
    assert english
    assert english.service.steps is None
    assert "moving" in english.title


def test_places_are_the_lines_of_the_files(files: ContentFiles) -> None:
    places = files.places()
    assert len(places) > 5_000
    for phrasing in places[::100]:
        line = phrasing.path.read_text(encoding="utf-8").splitlines()[phrasing.line - 1]
        assert line.strip() == f"- {phrasing.text}"
