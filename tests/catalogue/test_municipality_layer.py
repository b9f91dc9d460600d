"""One municipality's catalogue: its own layer on the shared one, its own words, only links that work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.catalogue import Catalogue, load_catalogue
from bot.catalogue.problem import ContentError, Problem
from tests.catalogue.small_data import link, municipality, service, write_data, write_yaml

GUIDE = {
    "have_ready": ["Dit pas fra {kommune}"],
    "do": ["Ring {telefon}.", "Kom til {adresse}."],
    "next": "{region} svarer.",
}


def catalogue(folder: Path, *services: dict[str, Any], **own: Any) -> Catalogue:
    return load_catalogue(write_data(folder, *services, **own), "lilleby")


def problems(folder: Path, *services: dict[str, Any], **own: Any) -> list[Problem]:
    with pytest.raises(ContentError) as caught:
        catalogue(folder, *services, **own)
    return caught.value.problems


def test_services_keep_their_order_and_know_who_answers_for_them(tmp_path: Path) -> None:
    found = catalogue(tmp_path, service("pas"), service("affald", authority="kommune", department="teknik_og_miljoe"))
    assert list(found.entries) == ["pas", "affald"]
    entry = found.entries["affald"]
    assert (entry.id, entry.title, entry.subject) == ("affald", "Affald", "emne")
    assert (entry.authority, entry.department) == ("Lilleby Kommune", "Teknik_og_miljoe")
    assert found.front_page(entry) == "https://www.lilleby.example"
    assert found.front_page(found.entries["pas"]) == "https://www.borger.dk"


def test_a_hidden_service_is_gone_and_an_unknown_one_is_none(tmp_path: Path) -> None:
    found = catalogue(tmp_path, service("pas"), service("storskrald"), hide=["storskrald"])
    assert list(found.entries) == ["pas"]
    assert found.get("storskrald") is None
    assert found.get("findes_ikke") is None
    assert found.get(None) is None
    assert found.get("pas") is found.entries["pas"]


def test_a_replacement_changes_its_own_fields_and_keeps_the_rest(tmp_path: Path) -> None:
    shared = service("pas", price="Det er gratis.", steps=GUIDE)
    own = {"answer": "Kom til {kommune_kort}.", "links": [link("https://www.lilleby.example/pas")]}
    entry = catalogue(tmp_path, shared, service("affald"), replace={"pas": own}).entries["pas"]
    assert entry.service.answer == "Kom til Lilleby."
    assert [shown.url for shown in entry.links] == ["https://www.lilleby.example/pas"]
    assert entry.title == "Pas"
    assert entry.service.price == "Det er gratis."
    assert entry.service.steps is not None


def test_a_replacement_may_empty_a_field(tmp_path: Path) -> None:
    entry = catalogue(tmp_path, service("pas", price="Gratis."), replace={"pas": {"price": None}}).entries["pas"]
    assert entry.service.price is None


@pytest.mark.parametrize("layer", [{"hide": ["pass"]}, {"replace": {"pass": {"answer": "Kom."}}}])
def test_a_layer_over_a_service_that_does_not_exist_is_a_fault(tmp_path: Path, layer: dict[str, Any]) -> None:
    (problem,) = problems(tmp_path, service("pas"), **layer)
    assert problem.path == tmp_path / "data/kommune/lilleby.yml"
    assert problem.field == f"{next(iter(layer))}: pass"
    assert "findes ikke" in problem.remedy


def test_a_service_of_some_municipalities_is_shown_only_there(tmp_path: Path) -> None:
    data = write_data(
        tmp_path,
        service("faerge", municipalities=["storeby"]),
        service("bus", municipalities=["storeby", "lilleby"]),
        service("pas"),
    )
    write_yaml(data / "kommune" / "storeby.yml", municipality("storeby"))
    assert list(load_catalogue(data, "lilleby").entries) == ["bus", "pas"]
    assert list(load_catalogue(data, "storeby").entries) == ["faerge", "bus", "pas"]


def test_placeholders_are_filled_everywhere(tmp_path: Path) -> None:
    every = service(
        "pas",
        title="Pas i {kommune_kort}",
        keywords=["pas {kommune_kort}", "rejse"],
        answer="{kommune}, {telefon}, {laegevagt}, {kommune_navn}.",
        links=[link("{kommune_web}/pas", label="Gå til {kommune}")],
        steps={**GUIDE, "time": "{bot_navn} venter.", "no_digital": "{hotline_navn}: {hotline_telefon}."},
        price="{kommune}.",
        deadline="{kommune}.",
        who_can="{kommune}.",
        paper="Ring {borgerservice_telefon}.",
        for_others="{kommune}.",
        in_short="{kommune}.",
    )
    entry = catalogue(tmp_path, every).entries["pas"]
    assert entry.title == "Pas i Lilleby"
    assert entry.service.keywords == ["pas Lilleby", "rejse"]
    assert entry.service.answer == "Lilleby Kommune, 12 34 56 78, 1813, Lilleby Kommune."
    assert [(shown.label, shown.url) for shown in entry.links] == [
        ("Gå til Lilleby Kommune", "https://www.lilleby.example/pas")
    ]
    guide = entry.service.steps
    assert guide is not None
    assert guide.have_ready == ["Dit pas fra Lilleby Kommune"]
    assert guide.do == ["Ring 12 34 56 78.", "Kom til Torvet 1, 1234 Lilleby."]
    assert (guide.time, guide.next, guide.no_digital) == (
        "Lille-bot venter.", "Region Lille svarer.", "Hotline: 11 11 11 11.",
    )  # fmt: skip
    assert entry.service.paper == "Ring 12 34 56 78."
    assert "{" not in entry.service.json().strip("{}").replace('{"', "").replace('": {', "")


def test_a_replacement_is_filled_too(tmp_path: Path) -> None:
    own = {"price": "Spørg {kommune_kort}.", "steps": GUIDE}
    entry = catalogue(tmp_path, service("pas"), replace={"pas": own}).entries["pas"]
    assert entry.service.price == "Spørg Lilleby."
    assert entry.service.steps is not None
    assert entry.service.steps.do[0] == "Ring 12 34 56 78."


@pytest.mark.parametrize("field", ["answer", "price", "for_others", "in_short"])
def test_an_unknown_placeholder_is_a_fault_with_its_service_and_both_files(tmp_path: Path, field: str) -> None:
    (problem,) = problems(tmp_path, service("pas", **{field: "Ring til {teleton}."}))
    assert problem.path == tmp_path / "data/services/emne.yml"
    assert problem.field == "pas: {teleton}"
    assert "lilleby.yml" in problem.remedy


def test_an_unknown_placeholder_deep_in_a_guide_is_found(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, service("pas", steps={"do": ["Kom.", "Ring til {tlf}."]}))
    assert problem.field == "pas: {tlf}"


def test_unknown_authority_and_missing_department_are_told_together(tmp_path: Path) -> None:
    services = service("pas", authority="kongen"), service("affald", department="erhverv")
    departments = {name: name for name in municipality()["departments"] if name != "erhverv"}
    found = problems(tmp_path, *services, departments=departments)
    assert [(problem.path.name, problem.field) for problem in found] == [
        ("lilleby.yml", "pas: authority"),
        ("lilleby.yml", "departments: erhverv"),
    ]
    assert "kongen" in found[0].remedy


def test_a_municipality_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"storeby\.yml: filen findes ikke"):
        load_catalogue(write_data(tmp_path, service("pas")), "storeby")


def shown(folder: Path, *links: dict[str, Any], **fields: Any) -> list[tuple[str, str, str, str | None]]:
    entry = catalogue(folder, service("pas", links=list(links), **fields)).entries["pas"]
    return [(one.label, one.url, one.kind, one.search_for) for one in entry.links]


def test_a_checked_link_is_shown_as_it_is(tmp_path: Path) -> None:
    url = "https://www.borger.dk/dybt/nede?side=2"
    assert shown(tmp_path, link(url, label="Bestil")) == [("Bestil", url, "self_service", None)]


@pytest.mark.parametrize(
    ("url", "front_page", "site"),
    [
        ("https://www.politi.dk/pas/dybt", "https://politi.dk", "politi.dk"),  # its own site, though borger.dk answers
        ("https://politi.dk/pas", "https://politi.dk", "politi.dk"),
        ("https://lilleby.example/pas", "https://www.lilleby.example", "lilleby.example"),
        ("{kommune_web}/pas", "https://www.lilleby.example", "lilleby.example"),
        ("https://www.ukendt.dk/pas", "https://www.borger.dk", "borger.dk"),  # nobody's we know: the authority's
        ("https://evil.dk/politi.dk", "https://www.borger.dk", "borger.dk"),
        ("https://politi.dk.evil.dk/x", "https://www.borger.dk", "borger.dk"),
    ],
)
def test_an_unverified_link_becomes_the_front_page_of_its_site_with_something_to_search_for(
    tmp_path: Path, url: str, front_page: str, site: str
) -> None:
    found = shown(tmp_path, link(url, "unverified"), title="Pas (nyt)")
    assert found == [(site, front_page, "information", "Pas")]


def test_the_same_page_is_shown_once(tmp_path: Path) -> None:
    found = shown(
        tmp_path,
        link("https://politi.dk/a", "unverified"),
        link("https://politi.dk/b", "unverified"),
        link("https://www.borger.dk/pas"),
    )
    assert [url for _, url, _, _ in found] == ["https://politi.dk", "https://www.borger.dk/pas"]
