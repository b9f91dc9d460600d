"""Danger is seen, however it is written; everyday life is left in peace."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.catalogue.problem import ContentError
from bot.conversation.emergency import EmergencyCheck, fold

LINES = YAML(typ="safe").load(Path(__file__).with_name("emergency.yml").read_text(encoding="utf-8"))
DANGER = [(kind, line) for kind, lines in LINES["danger"].items() for line in lines]
LEAST_RECALL = 0.99


@pytest.fixture(scope="module")
def check() -> EmergencyCheck:
    return EmergencyCheck.load(Path("data/lexicon/emergency.yml"))


def test_there_are_enough_lines() -> None:
    assert len(DANGER) >= 150
    assert len(LINES["everyday"]) >= 150
    assert len({line for _, line in DANGER}) == len(DANGER)


def test_danger_is_seen(check: EmergencyCheck) -> None:
    missed = [line for _, line in DANGER if check.suspicion(line) is None]
    assert len(missed) <= (1 - LEAST_RECALL) * len(DANGER), missed


def test_danger_is_told_apart(check: EmergencyCheck) -> None:
    mistaken = [(line, kind, found) for kind, line in DANGER if (found := check.suspicion(line)) not in (kind, None)]
    assert len(mistaken) <= (1 - LEAST_RECALL) * len(DANGER), mistaken


def test_everyday_life_is_left_in_peace(check: EmergencyCheck) -> None:
    assert [(line, found) for line in LINES["everyday"] if (found := check.suspicion(line))] == []


@pytest.mark.parametrize(
    "line",
    [
        "MIT HUS BRÆNDER",
        "mit hus braender",
        "mit huuus brænderrr",
        "mit hus brændder",
        "mithusbrænder",
        "mit  hus\n\nbrænder!",
    ],
)
def test_spelling_is_forgiven(check: EmergencyCheck, line: str) -> None:
    assert check.suspicion(line) == "brand"


def test_danger_is_seen_inside_a_long_story(check: EmergencyCheck) -> None:
    story = "Jeg ringede i går om min skraldespand, og den er stadig ikke tømt. " * 6
    assert check.kind(story + "Nu kan min mand ikke få luft. " + story) == "akut_sygdom"


def test_words_of_two_sentences_are_not_put_together() -> None:
    check = EmergencyCheck({"brand": ["huset brænder"]})
    assert check.kind("Jeg er i huset. Brænder solen?") is None
    assert check.kind("Huset, det brænder") == "brand"


def test_the_first_kind_counts() -> None:
    check = EmergencyCheck({"brand": ["ild"], "akut_sygdom": ["blod"]})
    assert check.kind("blod og ild") == "brand"


def test_everyday_words_are_not_misspellings() -> None:
    patterns = {"akut_sygdom": ["bløder voldsomt"]}
    assert EmergencyCheck(patterns).kind("bøder voldsomt") == "akut_sygdom"
    assert EmergencyCheck(patterns, everyday_words=["bøder"]).kind("bøder voldsomt") is None


def test_folding() -> None:
    assert fold("Brænnder") == fold("braender") == fold("BRÆNDER") == "brender"


@pytest.mark.parametrize("text", ["", " ", "...", "💥" * 500, "\0", "a" * 1000, "vil ikke " * 111, "brænd " * 160])
def test_odd_text_is_no_trouble(check: EmergencyCheck, text: str) -> None:
    check.kind(text)


def test_a_suspicion_alone_raises_no_alarm() -> None:
    check = EmergencyCheck({"brand": ["huset brænder"], "akut_sygdom": []}, suspicions={"akut_sygdom": ["drukner"]})
    assert (check.kind("jeg drukner i papir"), check.suspicion("jeg drukner i papir")) == (None, "akut_sygdom")
    assert (check.kind("huset brænder"), check.suspicion("huset brænder")) == ("brand", "brand")
    assert check.suspicion("vi drukner og huset brænder") == "brand"


def test_a_line_that_swallows_the_next_is_told(tmp_path: Path) -> None:
    """YAML would make one pattern of both, and neither would ever be found."""
    file = tmp_path / "emergency.yml"
    whole = Path("data/lexicon/emergency.yml").read_text(encoding="utf-8")
    file.write_text(whole.replace("everyday_words:\n", "everyday_words:\n- hoppeborg\n"), encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        EmergencyCheck.load(file)
    (problem,) = raised.value.problems
    assert (problem.path, problem.field) == (file, "hoppeborg")
    assert file.read_text(encoding="utf-8").split("\n")[problem.line - 1] == "- hoppeborg"
