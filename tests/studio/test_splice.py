"""A change touches the lines of what changed and nothing else; checked on every file the editors have."""

from __future__ import annotations

import copy
import difflib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.studio.splice import splice

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("data/services/*.yml"), *ROOT.glob("data/kommune/*.yml")])
PHRASINGS = sorted(ROOT.glob("data/nlu/*.yml"))


def load(text: str) -> Any:
    return YAML(typ="safe").load(text)


def changed(before: str, after: str) -> list[str]:
    """The lines that a developer's diff would show, with + and -."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


TEXT = """\
# Felles for alle.
subject: affald   # filens navn
title: "Affald"

services:
  # Den store.
  - id: affald
    title: 'Affald og skrald'  # kort titel
    kle: "07.18.00"
    keywords: [skrald,  affald]
    answer: >-
      {affald_navn} henter dit affald.
      Se dagen der.
    links:
      - label: Se dag
        url: "{affald_web}"
        kind: self_service
      - {label: "Ring", url: "https://ring.dk", kind: information}
    steps:
      do:
        - Find adressen.
        # Den er svær.
        - Skriv den.
      time: Fem minutter.

  # Næste ydelse.
  - id: genbrug
    title: Genbrug
    answer: Kør derhen.


  - id: sidste
    title: Sidste
"""


def edited(change: Any, text: str = TEXT) -> list[str]:
    data = load(text)
    wanted = copy.deepcopy(data)
    change(wanted)
    result = splice(text, wanted)
    assert load(result) == wanted
    return changed(text, result)


def first(data: Any) -> Any:
    return data["services"][0]


def test_nothing_changed_is_the_same_text() -> None:
    assert splice(TEXT, load(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            lambda d: first(d).update(title="Skrald"),
            ["-    title: 'Affald og skrald'  # kort titel", "+    title: 'Skrald'  # kort titel"],
        ),
        (lambda d: first(d).update(kle="07.18.10"), ['-    kle: "07.18.00"', '+    kle: "07.18.10"']),
        (lambda d: d.update(title="Skrald: alt"), ['-title: "Affald"', '+title: "Skrald: alt"']),
        (
            lambda d: first(d)["keywords"].append("a, b"),
            ["-    keywords: [skrald,  affald]", '+    keywords: [skrald, affald, "a, b"]'],
        ),
        (
            lambda d: first(d)["links"][1].update(label="Ring #1"),
            [
                '-      - {label: "Ring", url: "https://ring.dk", kind: information}',
                '+      - {label: "Ring #1", url: "https://ring.dk", kind: information}',
            ],
        ),
        (
            lambda d: first(d)["links"].insert(1, {"label": "Midt", "url": "https://x.dk", "kind": "information"}),
            ["+      - label: Midt", "+        url: https://x.dk", "+        kind: information"],
        ),
        (
            lambda d: first(d)["links"].pop(0),
            ["-      - label: Se dag", '-        url: "{affald_web}"', "-        kind: self_service"],
        ),
        (lambda d: first(d)["steps"].pop("time"), ["-      time: Fem minutter."]),
        (lambda d: first(d)["steps"]["do"].append("Gem den."), ["+        - Gem den."]),
        (lambda d: first(d)["steps"]["do"].pop(0), ["-        - Find adressen."]),
        (lambda d: first(d).update(price="Gratis."), ["+    price: Gratis."]),
        (lambda d: first(d).update(price="yes"), ['+    price: "yes"']),
        (
            lambda d: first(d).update(answer="Ring."),
            [
                "-    answer: >-",
                "-      {affald_navn} henter dit affald.",
                "-      Se dagen der.",
                "+    answer: Ring.",
            ],
        ),
        (
            lambda d: d["services"].pop(1),
            ["-  - id: genbrug", "-    title: Genbrug", "-    answer: Kør derhen.", "-", "-"],
        ),
        (
            lambda d: d["services"].append({"id": "ny", "title": "Ny"}),
            ["+", "+  - id: ny", "+    title: Ny"],
        ),
        (
            lambda d: d["services"].insert(0, {"id": "ny", "title": "Ny"}),
            ["+  - id: ny", "+    title: Ny", "+"],
        ),
    ],
)
def test_a_change_touches_only_its_lines(change: Any, lines: list[str]) -> None:
    assert edited(change) == lines


def test_another_service_in_the_place_of_one() -> None:
    lines = edited(lambda d: d["services"].__setitem__(1, {"id": "ny", "title": "Ny"}))
    assert "-    title: Genbrug" in lines
    assert "+    title: Ny" in lines
    assert not [line for line in lines if "sidste" in line.lower() or "affald" in line.lower()]


def test_a_long_text_is_folded_at_the_width_of_the_files() -> None:
    long = "Det er en lang tekst, som ikke kan stå på en linje. " * 5
    lines = edited(lambda d: first(d).update(price=long.strip()))
    assert lines[0] == "+    price: >-"
    assert max(map(len, lines)) <= 121


def test_windows_line_ends_and_a_missing_last_one_are_kept() -> None:
    text = TEXT.replace("\n", "\r\n")
    data = load(text)
    data["services"][2]["title"] = "Allersidst"
    result = splice(text, data)
    assert result == text.replace("title: Sidste", "title: Allersidst")
    bare = TEXT.rstrip("\n")
    data["services"][2]["price"] = "Gratis."
    assert load(splice(bare, data)) == data


@pytest.mark.parametrize("text", ["a: 1\nb:\n", "b: []  # tom\n", "b: # tom\n"])
def test_an_empty_list_is_filled(text: str) -> None:
    data = load(text)
    data["b"] = ["x", "y"]
    assert load(splice(text, data)) == data


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_field_of_every_file_can_be_changed_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    data = load(text)
    services = data.get("services") or [{"replace": data["replace"]}]
    service = services[len(services) // 2]
    for name, value in service.items():
        if not isinstance(value, str) or name == "id":
            continue
        wanted = copy.deepcopy(data)
        target = wanted["services"][len(services) // 2]
        target[name] = "07.00.00" if name == "kle" else f"Andet end {name}: det er «nyt»."
        touched = changed(text, splice(text, wanted))
        old = next(line for line in text.splitlines() if line.strip().startswith(f"{name}:") and line.startswith(" "))
        assert old
        assert sum(line.startswith("+") for line in touched) == 1, touched
        assert all(name in line or line[:7].strip() in ("-", "+") for line in touched), touched


@pytest.mark.parametrize("path", PHRASINGS, ids=lambda path: path.stem)
def test_phrasings_are_added_and_removed_line_by_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    data = load(text)
    entry = data["nlu"][len(data["nlu"]) // 2]
    lines = entry["examples"].splitlines()
    entry["examples"] = "\n".join([lines[0], *lines[2:], "- hvad med: «ny» # linje"]) + "\n"
    touched = changed(text, splice(text, data))
    assert sorted(line[1:].strip() for line in touched) == sorted([lines[1], "- hvad med: «ny» # linje"])
