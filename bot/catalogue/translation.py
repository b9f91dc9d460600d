"""A layer of the catalogue in another language. A service without a translation keeps its Danish text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from bot.catalogue.catalogue import Catalogue, Entry, ShownLink, fill
from bot.catalogue.load import schema_problems
from bot.catalogue.problem import ContentError, Problem, line_of, read_yaml
from bot.catalogue.schema import Guide, Service, Strict


class Translation(Strict):
    """One service in another language; `links` are labels in the order of the Danish links."""

    title: str
    answer: str
    links: list[str] = Field(default_factory=list)
    steps: Guide | None
    price: str | None
    deadline: str | None
    who_can: str | None
    paper: str | None
    for_others: str | None


class _TranslationFile(Strict):
    services: dict[str, Translation]


def load_translations(path: Path) -> dict[str, Translation]:
    """The translations of a file by service. Raises ContentError naming file, line, field and remedy."""
    node: Any = read_yaml(path)
    try:
        return _TranslationFile.parse_obj(node).services
    except ValidationError as error:
        raise ContentError(schema_problems(path, node, error)) from None


def translated(catalogue: Catalogue, path: Path) -> Catalogue:
    """The catalogue with the texts of `path` in place of the Danish ones; sets `Entry.danish_only`.

    Raises:
        ContentError: naming file, line and remedy.
    """
    translations = load_translations(path)
    words = catalogue.municipality.placeholders()
    entries = {}
    for service_id, entry in catalogue.entries.items():
        translation = translations.get(service_id)
        entries[service_id] = (
            _apply(entry, translation, words, path) if translation else replace(entry, danish_only=True)
        )
    return replace(catalogue, entries=entries)


def _apply(entry: Entry, translation: Translation, words: dict[str, str], path: Path) -> Entry:
    danish = entry.service
    if danish.steps and translation.steps and len(danish.steps.do) != len(translation.steps.do):
        problem = f"skal have {len(danish.steps.do)} trin som på dansk."
        line = line_of(path, ("services", danish.id, "steps", "do"))
        raise ContentError([Problem(path, line, f"{danish.id}: steps.do", problem)])
    # What is not translated must not turn up as Danish in an answer in another language.
    fields = {**danish.dict(), **dict.fromkeys(("steps", "price", "deadline", "who_can", "paper", "for_others"))}
    fields.update(translation.dict(exclude={"links"}))
    service = Service.parse_obj(fill(fields, words))
    # By address, not by place: of several links to the same page only one is shown.
    labels = {link.url: label for link, label in zip(danish.links, translation.links)}
    links = tuple(
        link if link.search_for else ShownLink(labels.get(link.url, link.label), link.url, link.kind)
        for link in entry.links
    )
    return replace(entry, service=service, links=links)
