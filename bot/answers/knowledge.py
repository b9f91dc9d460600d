"""All that an answer is made of, loaded once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.answers.finder import Finder, load_finder
from bot.answers.search import PageSearch
from bot.catalogue.catalogue import Catalogue, load_catalogue
from bot.catalogue.translation import translated
from bot.settings import Settings
from bot.texts import Texts

DANISH = "da"
FOLDERS = {"en": "english"}
"""Languages beside Danish, by ISO 639-1 code, and the folder of `data/` that holds their layer of the catalogue."""


@dataclass(frozen=True)
class Knowledge:
    """The catalogue of one municipality, the fixed sentences, the page search and the welfare technology finder."""

    language: str
    catalogue: Catalogue
    texts: Texts
    search: PageSearch
    finder: Finder


def load_knowledge(settings: Settings, language: str = DANISH) -> Knowledge:
    """Read all content in one language. Raises ContentError naming file, line and remedy."""
    data = settings.municipality.parents[1]
    catalogue = load_catalogue(data, settings.municipality.stem)
    texts_file = settings.texts
    if language != DANISH:
        catalogue = translated(catalogue, data / FOLDERS[language] / "services.yml")
        texts_file = settings.texts.with_name(f"{language}.yml")
    texts = Texts.load(texts_file, catalogue.municipality.placeholders())
    return Knowledge(language, catalogue, texts, PageSearch(catalogue), load_finder(data / "finder.yml", catalogue))


@cache
def _loaded(language: str) -> Knowledge:
    return load_knowledge(Settings(), language)


def knowledge(language: str = DANISH) -> Knowledge:
    """The knowledge of this process, by its environment; Danish for a language there is no content in."""
    return _loaded(language if language in FOLDERS else DANISH)
