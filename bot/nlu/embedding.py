"""Learnt vectors of terms: texts about the same thing come to lie close, also when they share no rare word.

As fastText (Joulin et al. 2017): a text is the weighted sum of its terms' vectors, over which stands a softmax of the labels; Adagrad.
Part of the terms is left out at random in each step (Srivastava et al. 2014: dropout), so that no label hangs on one word.
Several are learnt from different beginnings, and their mean is taken: what one of them believes by chance the others do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from bot.nlu.calibration import softmax

SIZE = 100
"""Numbers a vector."""
BATCH, ROUNDS, STEP = 128, 8, 0.2
LEFT_OUT = 0.5
MEMBERS = 2
_SPREAD = 0.1
_FIRST_SQUARE = 1e-2


@dataclass(frozen=True)
class Vectors:
    """`terms`: terms x numbers; `labels`: numbers x labels. Their product is a weight for each term and label."""

    terms: np.ndarray
    labels: np.ndarray

    def margins(self, features: sp.csr_matrix) -> np.ndarray:
        """Texts x labels; their softmax are the probabilities, not yet calibrated."""
        return (features @ self.terms) @ self.labels

    def weights(self, label: int) -> np.ndarray:
        """One label's, a number a term."""
        return self.terms @ self.labels[:, label]


def learn_vectors(features: sp.csr_matrix, target: np.ndarray, labels: int) -> Vectors:
    """Learn from texts (rows of `features`) and their labels' columns; the same for the same input."""
    members = [_member(features, target, labels, seed) for seed in range(MEMBERS)]
    terms = np.hstack([one.terms for one in members])
    return Vectors(terms, np.vstack([one.labels for one in members]) / MEMBERS)


def _member(features: sp.csr_matrix, target: np.ndarray, labels: int, seed: int) -> Vectors:
    chance = np.random.default_rng(seed)
    terms = chance.normal(0, _SPREAD, (features.shape[1], SIZE)).astype(np.float32)
    output = np.zeros((SIZE, labels), np.float32)
    term_squares = np.full(len(terms), _FIRST_SQUARE, np.float32)
    output_squares = np.full(output.shape, _FIRST_SQUARE, np.float32)
    for _ in range(ROUNDS):
        order = chance.permutation(len(target))
        texts, columns = features[order], target[order]
        for begin in range(0, len(order), BATCH):
            right = columns[begin : begin + BATCH]
            batch, used = _thinned(texts[begin : begin + BATCH], chance)
            vectors = terms[used]
            hidden = batch @ vectors
            error = softmax(hidden @ output)
            error[np.arange(len(right)), right] -= 1.0
            of_terms, of_output = batch.T @ (error @ output.T), hidden.T @ error
            term_squares[used] += (of_terms**2).mean(axis=1)
            output_squares += of_output**2
            terms[used] = vectors - STEP * of_terms / np.sqrt(term_squares[used])[:, None]
            output -= STEP * of_output / np.sqrt(output_squares)
    return Vectors(terms, output)


def _thinned(batch: sp.csr_matrix, chance: np.random.Generator) -> tuple[sp.csr_matrix, np.ndarray]:
    """The batch without the terms left out, and only with the columns it uses, which are returned too."""
    kept = chance.random(len(batch.data), np.float32) > LEFT_OUT
    used, places = np.unique(batch.indices, return_inverse=True)
    data = batch.data * kept / np.float32(1.0 - LEFT_OUT)
    return sp.csr_matrix((data, places, batch.indptr), shape=(batch.shape[0], len(used))), used
