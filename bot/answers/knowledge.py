"""All that an answer is made of, loaded once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.answers.finder import Finder, load_finder
from bot.answers.search import PageSearch
from bot.catalogue.catalogue import Catalogue, load_catalogue
from bot.settings import Settings
from bot.texts import Texts


@dataclass(frozen=True)
class Knowledge:
    """The catalogue of one municipality, the fixed sentences, the page search and the welfare technology finder."""

    catalogue: Catalogue
    texts: Texts
    search: PageSearch
    finder: Finder


def load_knowledge(settings: Settings) -> Knowledge:
    """Read all content. Raises ContentError naming file, line and remedy."""
    data = settings.municipality.parents[1]
    catalogue = load_catalogue(data, settings.municipality.stem)
    texts = Texts.load(settings.texts, catalogue.municipality.placeholders())
    return Knowledge(catalogue, texts, PageSearch(catalogue), load_finder(data / "finder.yml", catalogue))


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The knowledge of this process, by its environment."""
    return load_knowledge(Settings())
