"""Page search over the catalogue: what to show when no service is understood."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from sklearn.feature_extraction.text import TfidfVectorizer

from bot.catalogue.catalogue import Catalogue, Entry
from bot.nlu.text import fold

LEAST_LIKENESS = 0.12
"""Cosine below which a page has nothing to do with the question (measured: chance hits lie under 0.1)."""


@dataclass(frozen=True)
class Hit:
    """A page found, with its cosine likeness 0-1."""

    entry: Entry
    likeness: float


class PageSearch:
    """Character n-gram TF-IDF over title, keywords, answer and guide of every service."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index the catalogue; takes well under a second for some hundred services."""
        self._entries = list(catalogue.entries.values())
        self._vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), preprocessor=fold, sublinear_tf=True, max_df=0.5
        )
        self._pages = self._vectorizer.fit_transform([_page(entry) for entry in self._entries])

    def showing(self, catalogue: Catalogue) -> PageSearch:
        """The same index with the entries of `catalogue`, which has the same services in the same order."""
        shown = copy(self)
        shown._entries = list(catalogue.entries.values())
        return shown

    def find(self, question: str, most: int = 3) -> list[Hit]:
        """The best pages, best first; none when nothing is alike."""
        likeness = (self._pages @ self._vectorizer.transform([question]).T).toarray().ravel()
        best = likeness.argsort()[::-1][:most]
        return [Hit(self._entries[i], float(likeness[i])) for i in best if likeness[i] >= LEAST_LIKENESS]


def _page(entry: Entry) -> str:
    service = entry.service
    # The title and keywords say what the page is about; the running text only adds words.
    parts = [*[service.title] * 3, *service.keywords * 2, service.answer]
    if service.steps:
        parts.append(service.steps.text())
    return " ".join(parts)
