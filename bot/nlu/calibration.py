"""Truthful probabilities: of all answers given with 0.9, nine in ten shall be right."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.isotonic import IsotonicRegression


def softmax(values: np.ndarray) -> np.ndarray:
    """Row-wise softmax."""
    shifted = np.exp(values - values.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


class Calibration:
    """Margins → probabilities: a softmax of fitted steepness, then a monotone correction of the first place.

    The second step is needed because a linear model is surest where it is wrongly sure: on a text that shares a rare term with one example.
    """

    def __init__(self) -> None:
        self.steepness = 1.0
        self.said = np.array([0.0, 1.0])
        self.true = np.array([0.0, 1.0])

    def fit(self, margins: np.ndarray, target: np.ndarray) -> None:
        """Learn from margins (texts x labels) of texts the model has not seen and their true columns."""
        rows = np.arange(len(target))

        def loss(factor: float) -> float:
            return float(-np.log(softmax(margins * factor)[rows, target] + 1e-12).mean())

        self.steepness = float(minimize_scalar(loss, bounds=(0.5, 30.0), method="bounded").x)
        chances = softmax(margins * self.steepness)
        first = chances.argmax(axis=1)
        fitted = IsotonicRegression(y_min=0.0, y_max=1.0).fit(chances[rows, first], (first == target).astype(float))
        self.said, self.true = fitted.X_thresholds_, fitted.y_thresholds_

    def probabilities(self, margins: np.ndarray) -> np.ndarray:
        """Probabilities, texts x labels; each row sums to 1 and keeps the margins' order from the second place on."""
        chances = softmax(margins.astype(np.float64) * self.steepness)
        rows = np.arange(len(chances))
        first = chances.argmax(axis=1)
        said = chances[rows, first]
        true = np.clip(np.interp(said, self.said, self.true), 0.01, 0.995)
        chances[rows, first] = 0.0
        # Summed, not 1 - said: that is 0 by rounding when the model is very sure, and the rest would get nothing.
        others = np.maximum(chances.sum(axis=1), np.finfo(float).tiny)
        corrected = chances * ((1.0 - true) / others)[:, None]
        corrected[rows, first] = true
        return corrected

    def state(self) -> dict[str, Any]:
        """What was learnt, as JSON."""
        return {"steepness": self.steepness, "said": self.said.tolist(), "true": self.true.tolist()}

    def restore(self, state: dict[str, Any]) -> None:
        """The inverse of `state`."""
        self.steepness = state["steepness"]
        self.said, self.true = np.array(state["said"]), np.array(state["true"])
