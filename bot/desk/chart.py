"""Columns of a chart, worked out; the template `_charts.html` draws them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log10

HEIGHT = 220
"""Pixels from the top of the drawing to its base line."""
_TOP = 14
_MOST_TICKS = 5
_MOST_LABELS = 14
_FILLED = 0.72
"""Part of a label's width that its columns take."""
_LEAST = 1.5
"""Pixels of a column that is not nothing."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Series:
    """What one colour shows; a value for each label, None where nothing was measured."""

    name: str
    values: Values


@dataclass(frozen=True)
class Column:
    """One rectangle: `x` and `width` in per cent, `y` and `height` in pixels."""

    x: float
    width: float
    y: float
    height: float
    series: int
    told: str


@dataclass(frozen=True)
class Chart:
    """Columns for each label: on top of one another, or side by side.

    `show` writes a value as it stands in the table and at the columns.
    """

    key: str
    title: str
    summary: str
    labels: Sequence[str]
    series: Sequence[Series]
    stacked: bool = True
    show: Callable[[float | None], str] = str

    def ticks(self) -> list[tuple[float, float]]:
        """Round values for the lines across, from 0 up, each with its `y` in pixels."""
        step = self._step()
        return [(number * step, self._y(number * step)) for number in range(ceil(self._highest() / step) + 1)]

    def columns(self) -> Iterator[Column]:
        """All that are not nothing."""
        room = 100 / max(1, len(self.labels))
        beside = 1 if self.stacked else len(self.series)
        width = room * _FILLED / beside
        for place, label in enumerate(self.labels):
            base = 0.0
            for index, series in enumerate(self.series):
                value = series.values[place]
                if not value:
                    continue
                offset = 0 if self.stacked else index * width
                top = base + value if self.stacked else value
                height = max(_LEAST, self._y(base) - self._y(top))
                x = place * room + room * (1 - _FILLED) / 2 + offset
                told = f"{label}: {series.name} {self.show(value)}"
                yield Column(
                    round(x, 3), round(width, 3), round(self._y(base) - height, 1), round(height, 1), index, told
                )
                base = top if self.stacked else 0.0

    def marks(self) -> list[tuple[str, float, bool]]:
        """Labels with the middle of their place in per cent, and whether a narrow screen has room for it too."""
        room = 100 / max(1, len(self.labels))
        every = ceil(len(self.labels) / _MOST_LABELS)
        shown = [(label, (place + 0.5) * room) for place, label in enumerate(self.labels)][::every]
        return [(label, round(x, 3), number % 2 == 0) for number, (label, x) in enumerate(shown)]

    def _highest(self) -> float:
        values = [[value or 0 for value in series.values] for series in self.series]
        if self.stacked:
            return max(map(sum, zip(*values, strict=True)), default=0) or 1
        return max((value for row in values for value in row), default=0) or 1

    def _step(self) -> float:
        least = self._highest() / _MOST_TICKS
        size = 10.0 ** ceil(log10(least))
        return next(size * part for part in (0.2, 0.5, 1) if size * part >= least)

    def _y(self, value: float) -> float:
        step = self._step()
        top = ceil(self._highest() / step) * step
        return round(HEIGHT - (HEIGHT - _TOP) * value / top, 1)
