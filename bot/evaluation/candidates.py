"""What the model could also be made of: other views of a text, other classifiers. Only compared (ablation.py), not in the product.

A candidate view is a rewriting of the text, whose stems are put beside the product's own views.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp
from ruamel.yaml import YAML
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC
from symspellpy import SymSpell, Verbosity

from bot.nlu.calibration import Calibration
from bot.nlu.features import TextFeatures
from bot.nlu.linear import HELD_OUT, TOLERANCE, LinearRanker
from bot.nlu.text import fold, words

CONCEPTS = Path("data/lexicon/concepts.yml")
"""Optional: by name of concept, a list of words."""

CANDIDATE_WEIGHT = 0.5

Rewriting = Callable[[str], str]


class Ranker(Protocol):
    """What LinearRanker does."""

    @property
    def labels(self) -> list[str]:
        """The columns of the probabilities."""

    def fit(self, features: sp.csr_matrix, labels: Sequence[str]) -> None:
        """Train and calibrate."""

    def probabilities(self, features: sp.csr_matrix) -> np.ndarray:
        """Calibrated probabilities, texts x labels."""


class Rewritings:
    """Candidate views; what they need is learnt from the training texts or read from spaCy's Danish word list."""

    _RELATIONS: Mapping[str, str] = {
        word: relation
        for relation, known in {
            "foreldre": "mor far foreldre forelder svigermor svigerfar mormor farmor morfar farfar bedstemor bedstefar",
            "barn": "barn born son datter sonnen datteren dreng pige baby tvillinger teenager barnebarn",
            "partner": "mand kone kereste samlever egtefelle eks",
            "anden": "nabo naboen ven veninde soster bror onkel tante moster faster",
        }.items()
        for word in known.split()
    }
    _SHORTEST_PART = 3
    _SHORTEST_COMPOUND = 7
    _SHORTEST_CORRECTED = 4
    _LEAST_SEEN = 3

    def __init__(self, texts: Sequence[str]) -> None:
        self._seen = Counter(word for text in texts for word in words(text))
        self._parts = {
            word
            for word, times in self._seen.items()
            if times >= self._LEAST_SEEN and len(word) >= self._SHORTEST_PART and word.isalpha()
        }
        self._speller = SymSpell(max_dictionary_edit_distance=2)
        for word, times in self._seen.items():
            if times >= self._LEAST_SEEN:
                self._speller.create_dictionary_entry(word, times)
        self._parts_of = lru_cache(100_000)(self._split)
        self._spelt = lru_cache(100_000)(self._correct)

    @cached_property
    def _lemmas(self) -> dict[str, str]:
        file = resources.files("spacy_lookups_data").joinpath("data", "da_lemma_lookup.json.gz")
        lookup = json.loads(gzip.decompress(file.read_bytes()))
        return {fold(form): fold(lemma) for form, lemma in lookup.items()}

    def by_name(self) -> dict[str, Rewriting]:
        """All candidates."""
        found = {
            "compound parts": lambda text: " ".join(self._parts_of(word) for word in words(text)),
            "corrected spelling": lambda text: " ".join(self._spelt(word) for word in words(text)),
            "lemmas": lambda text: " ".join(self._lemmas.get(word, word) for word in words(text)),
            "relation words": lambda text: _named(text, self._RELATIONS),
        }
        if CONCEPTS.exists():
            concepts = {
                fold(word): fold(name)
                for name, known in YAML(typ="safe").load(CONCEPTS.read_text(encoding="utf-8")).items()
                for word in known
            }
            found["concepts"] = lambda text: _named(text, concepts)
        return found

    def _split(self, word: str) -> str:
        """«sygesikringskort» → «sygesikring kort»: the longest known first part, perhaps an s or e, and a rest known or split."""
        if len(word) < self._SHORTEST_COMPOUND:
            return word
        for end in range(len(word) - self._SHORTEST_PART, self._SHORTEST_PART - 1, -1):
            if word[:end] not in self._parts:
                continue
            for rest in (word[end:], word[end + 1 :]) if word[end] in "se" else (word[end:],):
                if rest in self._parts or self._parts_of(rest) != rest:
                    return f"{word[:end]} {self._parts_of(rest)}"
        return word

    def _correct(self, word: str) -> str:
        """The nearest common word of the training texts for a word that is neither common there nor in the word list."""
        common = self._seen[word] >= self._LEAST_SEEN
        if common or word in self._lemmas or not word.isalpha() or len(word) < self._SHORTEST_CORRECTED:
            return word
        found = self._speller.lookup(word, Verbosity.TOP, max_edit_distance=1 if len(word) < 7 else 2)
        return str(found[0].term) if found else word


def _named(text: str, names: Mapping[str, str]) -> str:
    """The names of what the text mentions; nothing else."""
    return " ".join(dict.fromkeys(names[word] for word in words(text) if word in names))


class Features:
    """The product's features, or other views, with one rewriting beside them."""

    def __init__(self, views: dict[str, float], rewriting: Rewriting | None = None) -> None:
        self._views = TextFeatures(views)
        self._candidate = TextFeatures({"stems": CANDIDATE_WEIGHT})
        self._rewriting = rewriting

    def fit_transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """See TextFeatures."""
        return self._joined(TextFeatures.fit_transform, texts)

    def transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """See TextFeatures."""
        return self._joined(TextFeatures.transform, texts)

    def _joined(self, act: Callable[[TextFeatures, Sequence[str]], sp.csr_matrix], texts: Sequence[str]) -> Any:
        rows = act(self._views, texts)
        if not self._rewriting:
            return rows
        return sp.hstack([rows, act(self._candidate, [self._rewriting(text) for text in texts])], format="csr")


class Logistic(LinearRanker):
    """One-vs-rest logistic regression by stochastic gradient descent."""

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fitted = SGDClassifier(loss="log_loss", alpha=1e-5, random_state=0).fit(features, target)
        return np.ascontiguousarray(fitted.coef_.T, np.float32), fitted.intercept_.astype(np.float32)


class NaiveBayes(LinearRanker):
    """Complement naive Bayes (Rennie et al. 2003)."""

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fitted = ComplementNB(alpha=0.1).fit(features, target)
        return np.ascontiguousarray(fitted.feature_log_prob_.T, np.float32), np.zeros(len(self.labels), np.float32)


class BayesWeightedSvm(LinearRanker):
    """NB-SVM (Wang and Manning 2012): before each separator is fitted, terms are weighted by their log-count ratio."""

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weights = np.zeros((features.shape[1], len(self.labels)), np.float32)
        bias = np.zeros(len(self.labels), np.float32)
        for column in range(len(self.labels)):
            own = target == column
            inside, outside = (np.asarray(features[part].sum(axis=0)).ravel() + 1.0 for part in (own, ~own))
            ratio = np.log((inside / inside.sum()) / (outside / outside.sum()))
            svm = LinearSVC(C=self.c, tol=TOLERANCE, random_state=0).fit(features @ sp.diags(ratio), own)
            weights[:, column], bias[column] = svm.coef_[0] * ratio, svm.intercept_[0]
        return weights, bias


class NearestExample:
    """A label is as near as its nearest example, by cosine."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self._calibration = Calibration()

    def fit(self, features: sp.csr_matrix, labels: Sequence[str]) -> None:
        """See Ranker."""
        names, target = np.unique(labels, return_inverse=True)
        self.labels = names.tolist()
        seen, unseen = next(StratifiedKFold(HELD_OUT, shuffle=True, random_state=0).split(features, target))
        self._remember(features[seen], target[seen])
        self._calibration.fit(self._nearest(features[unseen]), target[unseen])
        self._remember(features, target)

    def probabilities(self, features: sp.csr_matrix) -> np.ndarray:
        """See Ranker."""
        return self._calibration.probabilities(self._nearest(features))

    def _remember(self, features: sp.csr_matrix, target: np.ndarray) -> None:
        order = np.argsort(target, kind="stable")
        self._examples = normalize(features[order]).T.tocsr()
        self._starts = np.searchsorted(target[order], np.arange(len(self.labels)))

    def _nearest(self, features: sp.csr_matrix) -> np.ndarray:
        return np.maximum.reduceat((normalize(features) @ self._examples).toarray(), self._starts, axis=1)


class Average:
    """The mean of the SVM's and the nearest example's probabilities."""

    def __init__(self) -> None:
        self._both: tuple[Ranker, ...] = (LinearRanker(), NearestExample())

    @property
    def labels(self) -> list[str]:
        """See Ranker."""
        return self._both[0].labels

    def fit(self, features: sp.csr_matrix, labels: Sequence[str]) -> None:
        """See Ranker."""
        for ranker in self._both:
            ranker.fit(features, labels)

    def probabilities(self, features: sp.csr_matrix) -> np.ndarray:
        """See Ranker."""
        return np.mean([ranker.probabilities(features) for ranker in self._both], axis=0)
