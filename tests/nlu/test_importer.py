"""What Rasa sees of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.catalogue.problem import ContentError
from bot.engine import lean_import
from tests.catalogue.small_data import link, service, write, write_data

if TYPE_CHECKING:
    from bot.nlu.importer import CatalogueImporter

SERVICES = (
    service("pas", title="Nyt pas", keywords=["rejsepas", "mit"], answer="Du kan få et pas i {kommune}.",
            links=[link("https://www.borger.dk/pas", label="Bestil tid")]),
    service("affald", title="Affald", keywords=["skrald", "mit"]),
)  # fmt: skip

PHRASINGS = """\
version: "3.1"
nlu:
- intent: service/pas
  examples: |
    - jeg mangler et pas
    - mit pas er væk
- intent: service/affald
  examples: |
    - hvornår kommer skraldebilen
    - skrald
- intent: hilsen
  examples: |
    - hej
    - goddag
"""

DOMAIN = """\
version: "3.1"
intents: [service, hilsen]
responses:
  utter_hilsen: [{text: Hej}]
"""


@pytest.fixture(scope="module", autouse=True)
def _lean() -> None:
    """Rasa without TensorFlow; the importer needs none of it."""
    lean_import.install()


def importer(
    folder: Path, monkeypatch: pytest.MonkeyPatch, phrasings: str = PHRASINGS, **own: Any
) -> CatalogueImporter:
    from bot.nlu.importer import CatalogueImporter  # noqa: PLC0415 (after lean_import)

    data = write_data(folder, *SERVICES, **own)
    nlu = write(data / "nlu" / "emne.yml", phrasings)
    domain = write(folder / "domain.yml", DOMAIN)
    monkeypatch.setenv("ODDER_MUNICIPALITY", str(data / "kommune" / "lilleby.yml"))
    return CatalogueImporter(None, str(domain), [str(nlu)])


def examples(made: CatalogueImporter) -> set[tuple[str, str]]:
    found = [(one.get_full_intent(), one.get("text")) for one in made.get_nlu_data().training_examples]
    assert len(found) == len(set(found))
    return set(found)


def test_names_are_put_into_phrases_that_say_nothing_of_the_subject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "data" / "lexicon" / "carriers.yml", "[hej … tak, spørgsmål om …]")
    found = examples(importer(tmp_path, monkeypatch))
    assert {("service/pas", "hej rejsepas tak"), ("service/pas", "spørgsmål om rejsepas")} <= found
    assert {("service/affald", "hej skrald tak"), ("service/pas", "spørgsmål om Nyt pas")} <= found
    assert not any("mit" in text.split()[1:2] for _, text in found if text.startswith("hej")), "it names two services"


@pytest.mark.parametrize(
    ("written", "told"),
    [("[hej … tak, hej med dig]", "hej med dig: sæt ét …"), ("hej: …", "liste af sætninger"), ("[hej …", "linje 1")],
)
def test_a_broken_list_of_phrases_is_told_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, told: str
) -> None:
    write(tmp_path / "data" / "lexicon" / "carriers.yml", written)
    with pytest.raises(ContentError, match=told) as caught:
        importer(tmp_path, monkeypatch).get_nlu_data()
    assert "carriers.yml" in str(caught.value)


def test_phrasings_titles_and_keywords_become_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examples(importer(tmp_path, monkeypatch)) == {
        ("service/pas", "jeg mangler et pas"),
        ("service/pas", "mit pas er væk"),
        ("service/pas", "Nyt pas"),
        ("service/pas", "rejsepas"),
        ("service/affald", "hvornår kommer skraldebilen"),
        ("service/affald", "skrald"),  # a keyword too, once
        ("service/affald", "Affald"),
        ("hilsen", "hej"),
        ("hilsen", "goddag"),
        # «mit» is a keyword of both services: it names neither
    }


def test_a_name_written_under_another_intent_belongs_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = examples(importer(tmp_path, monkeypatch, PHRASINGS + "    - rejsepas\n"))
    assert ("hilsen", "rejsepas") in found
    assert ("service/pas", "rejsepas") not in found


def test_a_hidden_service_is_not_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = importer(tmp_path, monkeypatch, hide=["affald"])
    found = examples(made)
    assert {intent for intent, _ in found} == {"service/pas", "hilsen"}
    assert ("service/pas", "mit") in found  # now that only one service has it
    assert set(made.get_domain().responses) == {"utter_hilsen", "utter_service/pas"}


def test_a_service_without_phrasings_is_told_with_file_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = PHRASINGS[: PHRASINGS.index("- intent: service/affald")]
    with pytest.raises(ContentError) as caught:
        importer(tmp_path, monkeypatch, left).get_nlu_data()
    (problem,) = caught.value.problems
    assert (problem.path, problem.field) == (tmp_path / "data/nlu/emne.yml", "service/affald")
    assert "ingen formuleringer. Tilføj mindst 15" in problem.remedy


def test_a_fault_in_the_content_stops_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ContentError, match="findes_ikke"):
        importer(tmp_path, monkeypatch, hide=["findes_ikke"]).get_domain()


def test_every_service_has_a_response_with_answer_and_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    domain = importer(tmp_path, monkeypatch).get_domain()
    assert set(domain.responses) == {"utter_hilsen", "utter_service/pas", "utter_service/affald"}
    (response,) = domain.responses["utter_service/pas"]
    assert response["text"] == "Du kan få et pas i Lilleby Kommune.\nBestil tid: https://www.borger.dk/pas"
    assert "service" in domain.intents


def test_no_model_is_made_of_names_alone_when_no_phrasings_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`rasa train core` reads no phrasings; that is no fault."""
    made = importer(tmp_path, monkeypatch)
    monkeypatch.setattr(made, "_nlu_files", [])
    assert examples(made) == set()
