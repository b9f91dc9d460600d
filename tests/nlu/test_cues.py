"""What the citizen wants to know of a service."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from actions.context import OWN_CASE
from bot.answers.service import ASPECT_OF_INTENT
from bot.nlu.cues import GAP, CueFinder

LEXICON = Path("data/lexicon/aspects.yml")

ASKED = [
    ("hvad koster et pas", "pris"),
    ("HVAD KOSTER ET PAS?", "pris"),
    ("er det gratis at flytte", "pris"),
    ("hvor dyrt er et kørekort", "pris"),
    ("er der et gebyr for sent flyttemelding?", "pris"),
    ("skal jeg betale for nødkald", "pris"),
    ("hvornår skal jeg melde flytning", "frist"),
    ("hvornaar skal jeg melde flytning", "frist"),
    ("hvor lang tid tager et pas", "frist"),
    ("hvor længe skal jeg vente", "frist"),
    ("hvad er fristen for ansøgning", "frist"),
    ("er der ventetid på plejebolig", "frist"),
    ("kan jeg søge på papir", "papir"),
    ("har I en blanket", "papir"),
    ("uden MitID kan jeg så søge", "papir"),
    ("jeg har ikke MitID", "papir"),
    ("hvem kan få hjemmehjælp", "hvem_kan"),
    ("har jeg ret til boligstøtte", "hvem_kan"),
    ("kan jeg få boligstøtte", "hvem_kan"),
    ("pas for min mor", "andet_barn_person"),
    ("på vegne af min far", "andet_barn_person"),
    # the one that stands first
    ("hvad koster det, og hvornår får jeg det", "pris"),
    ("hvornår får jeg det, og hvad koster det", "frist"),
    # of two that begin together the longer
    ("hvornår har genbrugspladsen åbent", "sted"),
    ("hvornår åbner borgerservice", "sted"),
    ("hvornår får jeg svar på min ansøgning", "personsag"),
    ("hvor ligger rådhuset, og hvornår har I åbent", "sted"),
    ("hvad er jeres telefonnummer", "sted"),
    ("when are you open", "sted"),
    ("hvad skal jeg have med", "medbring"),
    ("hvad skal min mor så have med til mødet", "medbring"),
    ("hvilke papirer skal jeg tage med", "medbring"),
    ("what do I need to bring", "medbring"),
    ("hvor langt er I med min sag om førtidspension", "personsag"),
    ("har I modtaget min ansøgning", "personsag"),
    ("status på min byggesag", "personsag"),
    ("how far are you with my application", "personsag"),
    # none
    ("hvordan åbner jeg digital post", None),
    ("hvad gør jeg med børnene", None),
    ("jeg har en stor have med blade", None),
    ("jeg vil se papirerne i min sag", None),
    ("min sagsbehandler vil have mig i praktik", None),
    ("hvornå", None),
    ("jeg vil have et nyt pas", None),
    ("min mor skal flytte", None),
    ("fristende tilbud", None),
    ("kostskole", None),
    ("blanketten", None),
    ("", None),
]


@pytest.fixture(scope="module")
def finder() -> CueFinder:
    return CueFinder.load(LEXICON)


@pytest.mark.parametrize(("text", "aspect"), ASKED)
def test_aspect(finder: CueFinder, text: str, aspect: str | None) -> None:
    assert finder.find(text) == aspect


def test_every_cue_of_the_list_is_found_alone_and_within_a_sentence(finder: CueFinder) -> None:
    lists = YAML(typ="safe").load(LEXICON.read_text(encoding="utf-8"))
    assert set(lists) == {*ASPECT_OF_INTENT, OWN_CASE}
    for intent, cues in lists.items():
        for cue in cues:
            for said in (cue.replace(GAP, ""), cue.replace(GAP, "det der så")):
                assert finder.find(said) is not None, cue
                assert finder.find(f"altså {said.upper()}, tak") is not None, cue
                assert CueFinder({intent: [cue]}).find(f"ja {said}!") == intent


def test_a_gap_is_a_few_words_and_no_more() -> None:
    cues = CueFinder({"a": ["hvad … med"]})
    assert cues.find("hvad med") == "a"
    assert cues.find("ja, hvad skal jeg så have med") == "a"
    assert cues.find("hvad et to tre fire fem seks med") is None
    assert cues.find("med hvad") is None


@pytest.mark.parametrize(
    ("text", "strengths"),
    [
        ("stil mig om til jobcentret", {"always"}),
        ("kan jeg tale med en om mit pas", {"unless_service"}),
        ("lad mig tale med en", {"always", "unless_service"}),
        ("jeg vil have et nyt pas", set()),
    ],
)
def test_how_strongly_a_human_is_wished_for(text: str, strengths: set[str]) -> None:
    assert CueFinder.load(Path("data/lexicon/human.yml")).found(text) == strengths
