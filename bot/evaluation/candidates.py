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
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC
from symspellpy import SymSpell, Verbosity

from bot.nlu.calibration import Calibration
from bot.nlu.embedding import learn_vectors
from bot.nlu.features import WORDS, TextFeatures
from bot.nlu.linear import HELD_OUT, TOLERANCE, LinearRanker, Separators
from bot.nlu.text import fold, normal_form, words

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
    """Candidate views; what they need is learnt from the training texts, or read from spaCy's Danish word list or the catalogue.

    Args:
        texts: trained on, in normal form.
        keywords: service by title or keyword.
    """

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

    def __init__(self, texts: Sequence[str], keywords: Mapping[str, str]) -> None:
        self._services = {f" {normal_form(keyword)} ": service for keyword, service in keywords.items()}
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
        return {
            "compound parts": lambda text: " ".join(self._parts_of(word) for word in words(text)),
            "corrected spelling": lambda text: " ".join(self._spelt(word) for word in words(text)),
            "lemmas": lambda text: " ".join(self._lemmas.get(word, word) for word in words(text)),
            "relation words": lambda text: _named(text, self._RELATIONS),
            "keywords as concepts": self._mentioned,
        }

    def _mentioned(self, text: str) -> str:
        """The services whose title or one of whose keywords stands in the text, as one word each."""
        padded = f" {text} "
        found = (service for keyword, service in self._services.items() if keyword in padded)
        return " ".join(dict.fromkeys(service.replace("_", "") for service in found))

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

    def words(self) -> slice:
        """The columns of whole words; all, without that view."""
        return self._views.columns(WORDS)

    def _joined(self, act: Callable[[TextFeatures, Sequence[str]], sp.csr_matrix], texts: Sequence[str]) -> Any:
        rows = act(self._views, texts)
        if not self._rewriting:
            return rows
        return sp.hstack([rows, act(self._candidate, [self._rewriting(text) for text in texts])], format="csr")


class Logistic(LinearRanker):
    """One-vs-rest logistic regression by stochastic gradient descent."""

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> Separators:
        fitted = SGDClassifier(loss="log_loss", alpha=1e-5, random_state=0).fit(features, target)
        return Separators.of(fitted.coef_.T, fitted.intercept_)


class NaiveBayes(LinearRanker):
    """Complement naive Bayes (Rennie et al. 2003)."""

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> Separators:
        fitted = ComplementNB(alpha=0.1).fit(features, target)
        return Separators.of(fitted.feature_log_prob_.T, np.zeros(len(self.labels)))


class BayesWeightedSvm(LinearRanker):
    """NB-SVM (Wang and Manning 2012): before each separator is fitted, terms are weighted by their log-count ratio."""

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> Separators:
        weights = np.zeros((features.shape[1], len(self.labels)), np.float32)
        bias = np.zeros(len(self.labels), np.float32)
        for column in range(len(self.labels)):
            own = target == column
            inside, outside = (np.asarray(features[part].sum(axis=0)).ravel() + 1.0 for part in (own, ~own))
            ratio = np.log((inside / inside.sum()) / (outside / outside.sum()))
            svm = LinearSVC(C=self.c, tol=TOLERANCE, random_state=0).fit(features @ sp.diags(ratio), own)
            weights[:, column], bias[column] = svm.coef_[0] * ratio, svm.intercept_[0]
        return Separators.of(weights, bias)


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


class Hierarchy(LinearRanker):
    """First the subject, then the service within it; their log probabilities are added.

    Args:
        subjects: subject by label; a label without one is a subject of its own.
    """

    def __init__(self, subjects: Mapping[str, str]) -> None:
        super().__init__()
        self._subjects = subjects

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> Separators:
        """Weights of the sum of both margins: that of the subject is the same for all its services."""
        subject_of = np.array([self._subjects.get(label, label) for label in self.labels])
        names, group = np.unique(subject_of, return_inverse=True)
        weights = np.zeros((features.shape[1], len(self.labels)), np.float32)
        bias = np.zeros(len(self.labels), np.float32)
        above = LinearSVC(C=self.c, tol=TOLERANCE, random_state=0).fit(features, group[target])
        for number in range(len(names)):
            columns = np.flatnonzero(group == number)
            weights[:, columns] += above.coef_[number][:, None].astype(np.float32)
            bias[columns] += above.intercept_[number]
            if len(columns) > 1:
                rows = np.flatnonzero(group[target] == number)
                within = LinearSVC(C=self.c, tol=TOLERANCE, random_state=0).fit(features[rows], target[rows])
                # Two classes share one separator.
                own = within.coef_ if len(within.coef_) > 1 else np.vstack([-within.coef_, within.coef_])
                shift = (
                    within.intercept_ if len(within.intercept_) > 1 else np.r_[-within.intercept_, within.intercept_]
                )
                weights[:, within.classes_] += own.T
                bias[within.classes_] += shift
        return Separators.of(weights, bias)


class LearntVectors(LinearRanker):
    """Only the vectors of bot/nlu/embedding.py."""

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> Separators:
        vectors = learn_vectors(features, target, len(self.labels))
        return Separators.of(vectors.terms @ vectors.labels, np.zeros(len(self.labels)))
