"""A small municipality that says the product's own sentences, and the real content."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.knowledge import Knowledge, knowledge, load_knowledge
from bot.settings import Settings
from tests.catalogue.small_data import link, service, write_data, write_yaml

PASSPORT = service(
    "pas",
    title="Nyt pas (voksen)",
    answer="Du bestiller en tid og møder op.",
    keywords=["rejse til udlandet", "rejsepas"],
    links=[link("https://www.borger.dk/pas", label="Bestil tid"), link("https://politi.dk/x", "unverified")],
    steps={
        "have_ready": ["Dit gamle pas", "Et foto"],
        "do": ["Bestil en tid.", "Mød op.", "Betal."],
        "time": "Det tager 10 minutter.",
        "next": "Passet kommer med post.",
        "no_digital": "Ring til {telefon}.",
    },
    price="Det koster 893 kr.",
    related=["koerekort"],
)
LICENCE = service(
    "koerekort",
    title="Kørekort",
    answer="Du søger om et nyt kørekort.",
    steps={"do": ["Find foto.", "Send det."]},
    paper="Du kan få en blanket.",
    escalate=True,
)
WASTE = service("storskrald", title="Storskrald", answer="Du stiller det ud til vejen.", authority="kommune")
RAIL = service(
    "greb", title="Greb", answer="Et greb på væggen.", in_short="Hold fast.", helps_with=["fald", "bad_og_toilet"]
)
ALARM = service("alarm", title="Alarm", answer="En knap om halsen.", helps_with=["fald"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The small municipality's folder."""
    folder = write_data(tmp_path, PASSPORT, LICENCE, WASTE, RAIL, ALARM)
    needs = [
        {"id": "fald", "title": "Falder"},
        {"id": "bad_og_toilet", "title": "Bad"},
        {"id": "se", "title": "Ser dårligt"},
    ]
    write_yaml(folder / "finder.yml", {"areas": [{"id": "hjem", "title": "Hjemme", "needs": needs}]})
    return folder


@pytest.fixture
def small(data: Path) -> Knowledge:
    """What the small municipality knows."""
    return load_knowledge(Settings(municipality=data / "kommune" / "lilleby.yml"))


@pytest.fixture(scope="session")
def real() -> Knowledge:
    """What Odder knows, in Danish."""
    return knowledge()
