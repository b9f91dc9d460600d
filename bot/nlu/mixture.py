"""The product's ranking model: separators and learnt vectors added up, each with the share that makes unseen texts likeliest.

Both are linear, and so is their sum: a citizen's message costs no more than with one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from bot.nlu.calibration import softmax
from bot.nlu.embedding import Vectors, learn_vectors
from bot.nlu.linear import LinearRanker, Separators, splits

ALL = slice(None)
_FIRST_SHARES = (4.0, 0.4)
"""Where the search begins: what it found on the product's own phrasings."""
_ENOUGH = 5_000
"""Texts that two numbers are fitted to."""


class MixedRanker(LinearRanker):
    """`LinearRanker`'s separators and `embedding.learn_vectors`, which err on different texts."""

    def fit(self, features: sp.csr_matrix, labels: Sequence[str], words: slice = ALL) -> None:
        """See LinearRanker.

        Args:
            features: one row a text.
            labels: one a text.
            words: columns that vectors are learnt for. Those of whole words give better vectors than those of letters, in a third of the time.
        """
        target = self._columns(labels)
        seen, unseen = next(splits(features, target))
        spoken = features[:, words]
        # NumPy and SciPy let go of the interpreter lock as liblinear does: each step keeps two cores busy, if each keeps to one.
        with threadpool_limits(1), ThreadPoolExecutor(2) as pool:
            whole = pool.submit(learn_vectors, spoken, target, len(self.labels))
            part = pool.submit(learn_vectors, spoken[seen], target[seen], len(self.labels))
            vectors, part_vectors = whole.result(), part.result()
        held_out = (
            self._train(features[seen], target[seen]).margins(features[unseen]),
            part_vectors.margins(spoken[unseen]),
        )
        separators = self._train(features, target)
        shares = _shares(*held_out, target[unseen])
        self.calibration.fit(shares[0] * held_out[0] + shares[1] * held_out[1], target[unseen])
        self.separators = _added(separators, vectors, shares, words)


def _shares(separators: np.ndarray, vectors: np.ndarray, target: np.ndarray) -> tuple[float, float]:
    """By how much to multiply either's margins so that their sum's softmax makes the true labels likeliest."""
    drawn = np.random.default_rng(0).permutation(len(target))[:_ENOUGH]
    separators, vectors, target = separators[drawn], vectors[drawn], target[drawn]
    rows = np.arange(len(target))

    def loss(logarithms: np.ndarray) -> float:
        own, other = np.exp(logarithms)
        chances = softmax(own * separators + other * vectors)[rows, target]
        return float(-np.log(chances + 1e-12).mean())

    options = {"xatol": 0.02, "fatol": 1e-4, "maxfev": 80}
    found = np.exp(minimize(loss, np.log(_FIRST_SHARES), method="Nelder-Mead", options=options).x)
    return float(found[0]), float(found[1])


def _added(separators: Separators, vectors: Vectors, shares: tuple[float, float], words: slice) -> Separators:
    """The sum as one; label by label, as the whole would take the memory of all weights in 32 bits."""
    mixed = Separators.empty(*separators.weights.shape)
    for column, scale in enumerate(separators.scale):
        own = separators.weights[:, column] * (scale * shares[0])
        own[words] += shares[1] * vectors.weights(column)
        mixed.put(column, own, separators.bias[column] * shares[0])
    return mixed
