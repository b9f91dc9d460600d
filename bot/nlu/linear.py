"""A linear ranking model: one separator a label, with probabilities calibrated on texts it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.nlu.calibration import Calibration

HELD_OUT = 4
"""One example in this many is held out for the calibration; a label needs at least two examples."""

TOLERANCE = 0.1
"""When liblinear stops. A thousand times coarser than its default, a third of the time, no measurable difference in accuracy."""

NEAR_OTHERS = 1_500
CHANCE_OTHERS = 6_000
"""Examples of other labels that a separator is fitted against: the nearest to its label, and some drawn by chance that stand for all the rest.
Against all 40,000 it takes three times as long and puts 3 of 1,432 held-out questions more first; against 3,000 and 8,000, a fifth longer and
none of 2,144 more. With a set number, fitting separators grows with the number of labels, not with its square."""

_BLOCK = 16
"""Labels whose nearness to all examples is worked out together."""


@dataclass(frozen=True)
class Separators:
    """Weights, terms x labels, in 8 bits, to be multiplied by the label's `scale`; and a bias a label.

    Eight bits change no ranking, and the model takes a quarter of the memory and of the disk.
    """

    weights: np.ndarray
    scale: np.ndarray
    bias: np.ndarray

    @classmethod
    def empty(cls, terms: int, labels: int) -> Separators:
        """To be filled by `put`."""
        zeros, low = np.zeros(labels, np.float32), np.full(labels, -1.0, np.float32)
        return cls(np.zeros((terms, labels), np.int8), zeros, low)

    @classmethod
    def of(cls, weights: np.ndarray, bias: np.ndarray) -> Separators:
        """Of whole weights, terms x labels."""
        kept = cls.empty(*weights.shape)
        for column in range(weights.shape[1]):
            kept.put(column, weights[:, column], bias[column])
        return kept

    def put(self, column: int, weights: np.ndarray, bias: float) -> None:
        """Set one label's."""
        scale = max(float(np.abs(weights).max(initial=0.0)), 1e-9) / 127.0
        self.weights[:, column] = np.round(weights / scale)
        self.scale[column], self.bias[column] = scale, bias

    def margins(self, features: sp.csr_matrix) -> np.ndarray:
        """Texts x labels. Row by row: a text touches few terms, and only theirs are widened to 32 bits."""
        found = np.empty((features.shape[0], len(self.bias)), np.float32)
        for row, (start, end) in enumerate(zip(features.indptr, features.indptr[1:])):
            touched = self.weights[features.indices[start:end]].astype(np.float32)
            found[row] = features.data[start:end].astype(np.float32) @ touched
        return found * self.scale + self.bias


class LinearRanker:
    """One-vs-rest linear SVM (liblinear) with calibrated probabilities.

    Args:
        c: the SVM's inverse regularisation.
    """

    def __init__(self, c: float = 0.5) -> None:
        self.c = c
        self.labels: list[str] = []
        self.separators = Separators.empty(0, 0)
        self.calibration = Calibration()

    def fit(self, features: sp.csr_matrix, labels: Sequence[str]) -> None:
        """Train on everything; calibrate with a second model that has not seen one text in HELD_OUT."""
        target = self._columns(labels)
        seen, unseen = next(splits(features, target))
        part = self._train(features[seen], target[seen])
        self.calibration.fit(part.margins(features[unseen]), target[unseen])
        self.separators = self._train(features, target)

    def cross_validate(self, features: sp.csr_matrix, labels: Sequence[str]) -> np.ndarray:
        """Margins of every text from a model that did not see it: texts x labels, in the order of `self.labels`."""
        target = self._columns(labels)
        margins = np.zeros((len(target), len(self.labels)), np.float32)
        for seen, unseen in splits(features, target):
            margins[unseen] = self._train(features[seen], target[seen]).margins(features[unseen])
        return margins

    def probabilities(self, features: sp.csr_matrix) -> np.ndarray:
        """Calibrated probabilities, texts x labels; each row sums to 1."""
        return self.calibration.probabilities(self.separators.margins(features))

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What was learnt: JSON facts and arrays."""
        return {"labels": self.labels, "calibration": self.calibration.state()}, dict(vars(self.separators))

    def restore(self, facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """The inverse of `state`."""
        self.labels = facts["labels"]
        self.calibration.restore(facts["calibration"])
        self.separators = Separators(**arrays)

    def _columns(self, labels: Sequence[str]) -> np.ndarray:
        self.labels = sorted(set(labels))
        index = {label: column for column, label in enumerate(self.labels)}
        return np.array([index[label] for label in labels])

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> Separators:
        separators = Separators.empty(features.shape[1], len(self.labels))
        places = (target, np.arange(len(target)))
        by_label = sp.csr_matrix((np.ones(len(target), np.float32), places), shape=(len(self.labels), len(target)))
        centres = normalize(by_label @ features)
        drawn = np.random.default_rng(0).permutation(len(target))[:CHANCE_OTHERS]

        def separate(first: int) -> None:
            nearness = (features @ centres[first : first + _BLOCK].T).toarray()
            for column in range(first, min(first + _BLOCK, centres.shape[0])):
                own = target == column
                rows, stands_for = chosen(own, nearness[:, column - first], drawn)
                if own.all() or not own.any():
                    continue
                svm = LinearSVC(C=self.c, tol=TOLERANCE, random_state=0).fit(features[rows], own[rows], stands_for)
                separators.put(column, svm.coef_[0], svm.intercept_[0])

        # liblinear lets go of the interpreter lock, so two cores fit two separators at once.
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(separate, range(0, centres.shape[0], _BLOCK)))
        return separators


def chosen(own: np.ndarray, nearness: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows that a separator is fitted to, and how many texts each stands for.

    Args:
        own: which texts are the label's; all of them are chosen.
        nearness: of each text to the label; the nearest of the others are chosen.
        drawn: rows drawn by chance; they are chosen, and stand for all that are not.
    """
    near = own.copy()
    if len(own) > NEAR_OTHERS:
        near[np.argpartition(np.where(own, 1.0, -nearness), NEAR_OTHERS)[:NEAR_OTHERS]] = True
    else:
        near[:] = True
    far = np.zeros(len(own), bool)
    far[drawn] = True
    far &= ~near
    stands_for = np.where(far, (~near).sum() / max(1, far.sum()), 1.0)
    rows = np.flatnonzero(near | far)
    return rows, stands_for[rows]


def splits(features: sp.csr_matrix, target: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to train on and rows held out, HELD_OUT times, each row held out once."""
    return StratifiedKFold(HELD_OUT, shuffle=True, random_state=0).split(features, target)
