"""Sparse features of Danish text: letters for misspellings, stems for inflection, sounds for spelling by ear."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.text import fold, sound, stem, words


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


def _stems_and_pairs(text: str) -> list[str]:
    found = _stems(text)
    return found + [f"{left} {right}" for left, right in pairwise(found)]


def _sounds(text: str) -> list[str]:
    return [sound(word) for word in words(text)]


_SPACES = re.compile(r"\s+")


def _letters(text: str) -> list[str]:
    """Character n-grams inside words, the word's edges marked by a blank: scikit-learn's `char_wb`, but several times as fast."""
    return [gram for word in _SPACES.split(fold(text)) for gram in _grams(word)]


@lru_cache(maxsize=50_000)
def _grams(word: str, shortest: int = 3, longest: int = 4) -> tuple[str, ...]:
    padded = f" {word} "
    length = len(padded)
    grams: list[str] = []
    for size in range(shortest, longest + 1):
        if size >= length:
            grams.append(padded)
            break
        grams += [padded[start : start + size] for start in range(length - size + 1)]
    return tuple(grams)


VIEWS: dict[str, Callable[[str], list[str]]] = {"letters": _letters, "stems": _stems_and_pairs, "sounds": _sounds}
"""How a text can be looked at; each gives the terms that are counted."""
WORDS = "stems"
"""The view of whole words."""


class TextFeatures:
    """TF-IDF of several views side by side, each row of each view of length 1 times the view's weight.

    Args:
        views: weight by name of view (see VIEWS); a view that is left out is not computed.
        least_texts: terms seen in fewer texts than this are dropped.
    """

    def __init__(self, views: dict[str, float], least_texts: int = 2) -> None:
        self.views = dict(views)
        self.least_texts = least_texts
        self._vectorizers: dict[str, TfidfVectorizer] = {}

    def fit_transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Learn the terms of `texts`; returns their features, one row a text."""
        parts = []
        for name, weight in self.views.items():
            vectorizer = self._vectorizer(name, min_df=self.least_texts)
            parts.append(vectorizer.fit_transform(texts) * weight)
            self._vectorizers[name] = vectorizer
        return sp.hstack(parts, format="csr", dtype=np.float32)

    def transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Features of `texts`, one row a text; unknown terms give nothing."""
        parts = [self._vectorizers[name].transform(texts) * weight for name, weight in self.views.items()]
        return sp.hstack(parts, format="csr", dtype=np.float32)

    def columns(self, view: str) -> slice:
        """Where the features of a view stand, once learnt; all columns when the view is left out."""
        if view not in self._vectorizers:
            return slice(None)
        begin = 0
        for name, vectorizer in self._vectorizers.items():
            end = begin + len(vectorizer.vocabulary_)
            if name == view:
                break
            begin = end
        return slice(begin, end)

    def state(self) -> dict[str, Any]:
        """What was learnt, as plain data: terms in column order and their weights."""
        return {
            name: {"terms": vectorizer.get_feature_names_out().tolist(), "idf": vectorizer.idf_.tolist()}
            for name, vectorizer in self._vectorizers.items()
        }

    def restore(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        for name, learnt in state.items():
            vectorizer = self._vectorizer(name, vocabulary=learnt["terms"])
            vectorizer.idf_ = np.array(learnt["idf"], dtype=np.float32)
            self._vectorizers[name] = vectorizer

    @staticmethod
    def _vectorizer(name: str, **settings: Any) -> TfidfVectorizer:
        return TfidfVectorizer(analyzer=VIEWS[name], sublinear_tf=True, dtype=np.float32, **settings)
