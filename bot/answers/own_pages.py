"""Search in the municipality's own pages, as its sitemap lists them: what may help when no service is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from bot.nlu.text import fold

LEAST_LIKENESS = 0.25
"""Cosine below which a page is not shown.

Higher than for services, whose keywords say what they are about. Measured with the services' titles and answers as pages: of everyday
questions that found a page 86 % found the right one; 8 % of questions outside the municipality's subjects found one.
"""
_LETTERS_MIXED = 2**18
"""Letter groups are hashed to so many numbers: a vocabulary of 5,000 pages would fill more memory than the pages."""


@dataclass(frozen=True)
class OwnPage:
    """A page: its heading, address and first lines."""

    title: str
    address: str
    text: str


class OwnPages:
    """Character n-gram TF-IDF over title and first lines. Building takes about a second for 1,000 pages: do it in a thread."""

    def __init__(self, pages: Sequence[OwnPage] = ()) -> None:
        self._pages = tuple(pages)
        self._vectorizer = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            preprocessor=fold,
            n_features=_LETTERS_MIXED,
            alternate_sign=False,
            norm=None,
            dtype=np.float32,
        )
        self._weights = TfidfTransformer(sublinear_tf=True)
        if pages:
            counted = self._vectorizer.transform(f"{page.title} {page.title} {page.text}" for page in pages)
            self._matrix = self._weights.fit_transform(counted)

    def find(self, question: str, most: int = 2) -> list[OwnPage]:
        """The best pages, best first; none when nothing is alike enough."""
        if not self._pages or not question.strip():
            return []
        asked = self._weights.transform(self._vectorizer.transform([question]))
        likeness = (self._matrix @ asked.T).toarray().ravel()
        best = likeness.argsort()[::-1][:most]
        return [self._pages[i] for i in best if likeness[i] >= LEAST_LIKENESS]
