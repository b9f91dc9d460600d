"""The ranking model: one linear separator a label, with probabilities calibrated on texts it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.calibration import Calibration

HELD_OUT = 4
"""One example in this many is held out for the calibration; a label needs at least two examples."""

TOLERANCE = 0.1
"""When liblinear stops. A thousand times coarser than its default, a third of the time, no measurable difference in accuracy."""


class LinearRanker:
    """One-vs-rest linear SVM (liblinear) with calibrated probabilities.

    Args:
        c: the SVM's inverse regularisation.
    """

    def __init__(self, c: float = 0.5) -> None:
        self.c = c
        self.labels: list[str] = []
        self.weights = np.zeros((0, 0), np.float32)  # features x labels: a text touches few contiguous rows
        self.bias = np.zeros(0, np.float32)
        self.calibration = Calibration()

    def fit(self, features: sp.csr_matrix, labels: Sequence[str]) -> None:
        """Train on everything; calibrate with a second model that has not seen one text in HELD_OUT."""
        target = self._columns(labels)
        seen, unseen = next(_splits(features, target))
        # liblinear lets go of the interpreter lock, so two cores train two models at once.
        with ThreadPoolExecutor(2) as pool:
            whole = pool.submit(self._train, features, target)
            part = pool.submit(self._train, features[seen], target[seen])
            weights, bias = part.result()
            self.calibration.fit(features[unseen] @ weights + bias, target[unseen])
            self.weights, self.bias = whole.result()

    def cross_validate(self, features: sp.csr_matrix, labels: Sequence[str]) -> np.ndarray:
        """Margins of every text from a model that did not see it: texts x labels, in the order of `self.labels`."""
        target = self._columns(labels)
        margins = np.zeros((len(target), len(self.labels)), np.float32)
        with ThreadPoolExecutor(2) as pool:
            splits = list(_splits(features, target))
            parts = [pool.submit(self._train, features[seen], target[seen]) for seen, _ in splits]
            for (_, unseen), part in zip(splits, parts):
                weights, bias = part.result()
                margins[unseen] = features[unseen] @ weights + bias
        return margins

    def probabilities(self, features: sp.csr_matrix) -> np.ndarray:
        """Calibrated probabilities, texts x labels; each row sums to 1."""
        return self.calibration.probabilities(features @ self.weights + self.bias)

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What was learnt: JSON facts and arrays. Weights are kept in 8 bits a label: no ranking changes, the model is a quarter."""
        scale = np.maximum(np.abs(self.weights).max(axis=0), 1e-9) / 127.0
        arrays = {"weights": np.round(self.weights / scale).astype(np.int8), "scale": scale, "bias": self.bias}
        return {"labels": self.labels, "calibration": self.calibration.state()}, arrays

    def restore(self, facts: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """The inverse of `state`."""
        self.labels = facts["labels"]
        self.calibration.restore(facts["calibration"])
        self.weights = arrays["weights"] * arrays["scale"]
        self.bias = arrays["bias"]

    def _columns(self, labels: Sequence[str]) -> np.ndarray:
        self.labels = sorted(set(labels))
        index = {label: column for column, label in enumerate(self.labels)}
        return np.array([index[label] for label in labels])

    def _train(self, features: sp.csr_matrix, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        svm = LinearSVC(C=self.c, tol=TOLERANCE, random_state=0).fit(features, target)
        weights = np.zeros((features.shape[1], len(self.labels)), np.float32)
        bias = np.full(len(self.labels), -1.0, np.float32)
        weights[:, svm.classes_] = svm.coef_.T
        bias[svm.classes_] = svm.intercept_
        return weights, bias


def _splits(features: sp.csr_matrix, target: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    return StratifiedKFold(HELD_OUT, shuffle=True, random_state=0).split(features, target)
