"""The linter for phrasings, on small files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.evaluation.phrasings import (
    LEAST,
    clashes,
    main,
    mistaken,
    near_clashes,
    read_phrasings,
    smells,
    thin,
)
from tests.catalogue.small_data import write

PASSPORT = [
    "jeg mangler et pas", "mit pas er udløbet", "hvor bestiller man pas", "pas til min søn", "rejsepas haster",
    "skal til Tyrkiet og passet er væk", "forny pas", "hvad koster et rejsepas", "pas til baby", "nyt pas tak",
    "hunden har spist mit pas", "må jeg rejse på et gammelt pas", "tid til pasfoto", "passet gælder ikke længere",
    "bestille pas online",
]  # fmt: skip
WASTE = [
    "hvornår bliver skraldet hentet", "min skraldespand er fuld", "storskrald fredag", "sofa skal væk",
    "hvor smider jeg pap", "affaldet stinker", "større beholder tak", "glas og metal sammen", "haveaffald i poser",
    "skraldebilen kørte forbi", "sortering af plast", "gamle mursten", "tømmedag på vores vej", "ny låge til spanden",
    "affald fra bageri",
]  # fmt: skip


def folder(path: Path, **lists: list[str]) -> Path:
    text = 'version: "3.1"\nnlu:\n'
    for intent, lines in lists.items():
        text += f"- intent: service/{intent}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)
    write(path / "emne.yml", text)
    return path


def lint(path: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "argv", ["phrasings", "--folder", str(path), *options])
    return main()


def test_phrasings_are_read_with_intent_file_and_line(tmp_path: Path) -> None:
    found = read_phrasings(folder(tmp_path, pas=["et pas", "mit pas"], affald=["skrald"]))
    assert [(one.text, one.intent, one.line) for one in found] == [
        ("et pas", "service/pas", 5),
        ("mit pas", "service/pas", 6),
        ("skrald", "service/affald", 9),
    ]
    lines = (tmp_path / "emne.yml").read_text(encoding="utf-8").splitlines()
    assert [lines[one.line - 1].strip(" -") for one in found] == [one.text for one in found]
    assert str(found[2]) == f"{tmp_path / 'emne.yml'}, linje 9: service/affald: «skrald»"


def test_good_lists_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(PASSPORT) == len(WASTE) == LEAST
    assert lint(folder(tmp_path, pas=PASSPORT, affald=WASTE), monkeypatch) == 0
    assert capsys.readouterr().out == "30 formuleringer til 2 emner: 0 fejl, 0 råd.\n"


def test_the_same_words_under_two_services_are_an_error_with_both_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder(tmp_path, pas=PASSPORT, affald=[*WASTE, "Nyt PAS, tak!"])
    (clash,) = clashes(read_phrasings(path))
    assert "linje 37: service/affald: «Nyt PAS, tak!»" in clash
    assert "står også under service/pas (emne.yml, linje 14)" in clash
    assert lint(path, monkeypatch) == 1
    assert "FEJL  " + clash in capsys.readouterr().out


def test_the_same_words_twice_under_one_service_are_no_clash(tmp_path: Path) -> None:
    assert list(clashes(read_phrasings(folder(tmp_path, pas=["et pas", "Et pas?"])))) == []


def test_a_thin_list_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder(tmp_path, pas=PASSPORT[:-1], affald=WASTE)
    (told,) = thin(read_phrasings(path))
    assert told == f"{path / 'emne.yml'}: service/pas har 14 formuleringer. Skriv mindst 15."
    assert lint(path, monkeypatch) == 1
    assert "1 fejl, 0 råd." in capsys.readouterr().out


def test_nearly_the_same_under_two_services_is_a_hint_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left, right = "hvordan kommer jeg af med asbestplader", "hvordan komer jeg af med asbestplader"
    path = folder(tmp_path, pas=[*PASSPORT, left], affald=[*WASTE, right])
    assert lint(path, monkeypatch) == 0
    printed = capsys.readouterr().out
    assert "råd   " in printed
    assert f"«{left}»" in printed
    assert f"«{right}»" in printed
    assert printed.endswith("0 fejl, 1 råd.\n")


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("hvordan kommer jeg af med asbestplader", "hvordan kommer jeg af med asbestplade", True),
        ("hvordan kommer jeg af med asbestplader", "hvordan slipper jeg af med asbestplader", False),
        ("kan jeg få hjælp til min mor i dag", "kan jeg få hjælp til min far i dag", True),
    ],
)
def test_how_near_is_near(tmp_path: Path, left: str, right: str, near: bool) -> None:
    assert bool(list(near_clashes(read_phrasings(folder(tmp_path, pas=[left], affald=[right]))))) == near


def test_alike_under_the_same_service_is_no_hint(tmp_path: Path) -> None:
    same = ["hvordan kommer jeg af med asbestplader", "hvordan komer jeg af med asbestplader"]
    assert list(near_clashes(read_phrasings(folder(tmp_path, affald=same)))) == []


def test_a_list_that_opens_alike_smells_of_a_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    template = [f"hvordan får jeg {thing}" for thing in ("nyt pas", "rejsepas", "pas hurtigt", "barnepas", "nødpas")]
    path = folder(tmp_path, pas=[*PASSPORT, *template], affald=WASTE)
    (smell,) = smells(read_phrasings(path))
    assert "service/pas: 5 linjer begynder med «hvordan far jeg»" in smell
    assert lint(path, monkeypatch) == 0
    four = folder(tmp_path, pas=[*PASSPORT, *template[:4]], affald=WASTE)
    assert list(smells(read_phrasings(four))) != []  # 4 of 19 is more than a fifth
    three = folder(tmp_path, pas=[*PASSPORT, *template[:3]], affald=WASTE)
    assert list(smells(read_phrasings(three))) == []


def test_cross_validation_finds_a_line_under_the_wrong_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pension = [f"{word} pension" for word in ("min", "hvornår", "søge", "udbetalt", "mere i", "tidlig", "gift og")] * 2
    path = folder(tmp_path, pas=PASSPORT, affald=[*WASTE, "mit nye rejsepas pas passet"], pension=pension)
    (first, *_) = mistaken(read_phrasings(path))
    assert "«mit nye rejsepas pas passet»" in first
    assert "ligner mest service/pas" in first
    assert lint(path, monkeypatch, "--cross-validate") == 1  # the pension list is thin
    assert "ligner mest service/pas" in capsys.readouterr().out
