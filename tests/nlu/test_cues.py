"""What the citizen wants to know of a service."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.answers.service import ASPECT_OF_INTENT
from bot.nlu.cues import CueFinder

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
    # none
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
    assert set(lists) == set(ASPECT_OF_INTENT)
    for intent, cues in lists.items():
        for cue in cues:
            assert finder.find(cue) is not None, cue
            assert finder.find(f"altså {cue.upper()}, tak") is not None, cue
            assert CueFinder({intent: [cue]}).find(f"ja {cue}!") == intent
