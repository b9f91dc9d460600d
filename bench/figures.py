"""What is measured, in which unit, and how two systems compare. Nothing here is timed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.evaluation.table import markdown_table


@dataclass(frozen=True)
class Latency:
    """Milliseconds that half, and nineteen in twenty, stayed within."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        """From single waits in seconds, linearly interpolated. Raises ValueError when there are none."""
        if not seconds:
            raise ValueError("nothing was measured")
        p50, p95 = np.percentile(seconds, (50, 95)) * 1000
        return cls(float(p50), float(p95))


@dataclass(frozen=True)
class Understanding:
    """One system trained on one set of phrasings.

    Attributes:
        phrasings: trained on.
        train_s: seconds from starting the training process to its end, loading of libraries included.
        train_mb: most memory while training.
        model_mb: size of the model as it is kept on disk.
        start_s: seconds from starting a process to its first answer.
        memory_mb: most memory while answering. Memory is resident MB, summed over the process and its children.
        parse_p50_ms: the time to understand one text, one at a time.
        parse_p95_ms: the same, nineteen in twenty.
        first: share of held-out questions whose right service is ranked first, 0-1.
        top3: share with the right service among the first three.
    """

    phrasings: int
    train_s: float
    train_mb: float
    model_mb: float
    start_s: float
    memory_mb: float
    parse_p50_ms: float
    parse_p95_ms: float
    first: float
    top3: float


COSTS = {
    "train_s": "train, s",
    "train_mb": "memory to train, MB",
    "model_mb": "model, MB",
    "start_s": "start, s",
    "memory_mb": "memory to answer, MB",
    "parse_p50_ms": "parse p50, ms",
    "parse_p95_ms": "parse p95, ms",
}
"""Less is better; compared as ratios."""

SHARES = {"first": "right service first", "top3": "right service in top 3"}
"""More is better; compared in percentage points."""


def ratios(row: Understanding, ours: Understanding) -> dict[str, float]:
    """By name of cost: how many times as much as ours."""
    return {name: getattr(row, name) / getattr(ours, name) for name in COSTS}


def number(value: float) -> str:
    """Three digits, and never an exponent: 0.0123, 1.23, 123, 12,346."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def comparison(rows: Mapping[str, Understanding], ours: str) -> str:
    """The systems side by side; beside each cost how many times ours it is, beside each share the points from ours."""
    mine = rows[ours]
    lines = [["phrasings trained on", *(f"{row.phrasings:,}" for row in rows.values())]]
    for cost, title in COSTS.items():
        cells = []
        for name, row in rows.items():
            times = "" if name == ours else f" ({number(ratios(row, mine)[cost])}×)"
            cells.append(number(getattr(row, cost)) + times)
        lines.append([title, *cells])
    for share, title in SHARES.items():
        cells = []
        for name, row in rows.items():
            value = getattr(row, share)
            points = "" if name == ours else f" ({(value - getattr(mine, share)) * 100:+.1f})"
            cells.append(f"{value:.1%}{points}")
        lines.append([title, *cells])
    return markdown_table(["", *rows], lines)
