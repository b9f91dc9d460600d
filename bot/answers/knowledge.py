"""All that an answer is made of, loaded once a process and exchanged together with the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache

from bot.answers.finder import Finder, load_finder
from bot.answers.naming import Names
from bot.answers.own_pages import OwnPages
from bot.answers.search import PageSearch
from bot.answers.seen_on_web import seen_on_web
from bot.catalogue.catalogue import Catalogue, load_catalogue
from bot.catalogue.translation import translated
from bot.settings import Settings
from bot.texts import Texts

DANISH = "da"
FOLDERS = {"en": "english"}
"""Languages beside Danish, by ISO 639-1 code, and the folder of `data/` that holds their layer of the catalogue."""


@dataclass(frozen=True)
class Knowledge:
    """The catalogue of one municipality, the fixed sentences, the page search, the welfare technology finder, the services' names."""

    language: str
    catalogue: Catalogue
    texts: Texts
    search: PageSearch
    finder: Finder
    names: Names
    own_pages: OwnPages = field(default_factory=OwnPages)


def load_knowledge(settings: Settings, language: str = DANISH) -> Knowledge:
    """Read all content in one language. Raises ContentError naming file, line and remedy."""
    return _in_language(language, _danish_catalogue(settings), settings)


def _danish_catalogue(settings: Settings) -> Catalogue:
    return load_catalogue(settings.municipality.parents[1], settings.municipality.stem)


def _in_language(language: str, catalogue: Catalogue, settings: Settings) -> Knowledge:
    data = settings.municipality.parents[1]
    texts_file = settings.texts
    if language != DANISH:
        catalogue = translated(catalogue, data / FOLDERS[language] / "services.yml")
        texts_file = settings.texts.with_name(f"{language}.yml")
    texts = Texts.load(texts_file, catalogue.municipality.placeholders())
    finder = load_finder(data / "finder.yml", catalogue)
    return Knowledge(language, catalogue, texts, PageSearch(catalogue), finder, Names(catalogue))


Languages = Mapping[str, Knowledge]
"""The knowledge in each language, all of the same files."""

_served: dict[str, Knowledge] = {}
_of_turn: ContextVar[Languages | None] = ContextVar("knowledge of the turn", default=None)


def load_languages(settings: Settings) -> Languages:
    """Read all content in all languages. Raises ContentError naming file, line and remedy."""
    catalogue = _danish_catalogue(settings)
    return {language: _in_language(language, catalogue, settings) for language in (DANISH, *FOLDERS)}


def serve(languages: Languages) -> None:
    """From now on `knowledge` gives these, except in turns that have begun; an empty mapping goes back to the files."""
    if not languages:
        _served.clear()
    _served.update(languages)


@contextmanager
def answering_from(languages: Languages) -> Iterator[None]:
    """Within it `knowledge` gives these, whatever is served meanwhile: one turn, one version of the content."""
    token = _of_turn.set(languages)
    try:
        yield
    finally:
        _of_turn.reset(token)


@cache
def _loaded(language: str) -> Knowledge:
    return load_knowledge(Settings(), language)


def knowledge(language: str = DANISH) -> Knowledge:
    """The knowledge of this turn or, outside a turn, of this process; Danish for a language there is no content in.

    What a process serves is decided by its engine. Without one, as on an action server, the files are read once, by the environment.
    """
    language = language if language in FOLDERS else DANISH
    languages = _of_turn.get() or _served
    return seen_on_web.over(languages[language] if languages else _loaded(language))
