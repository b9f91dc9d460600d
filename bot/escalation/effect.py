"""What the chat does for citizens and staff, week by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import and_, select
from sqlalchemy.engine import Connection

from bot.escalation.figures import Figures, count
from bot.escalation.hours import LOCAL
from bot.storage.database import Database
from bot.storage.models import conversations
from bot.storage.retention_tables import daily_figures

MOST_DAYS = 2 * 366
"""The longest period reported at once."""


@dataclass(frozen=True)
class Span:
    """The figures of some days in a row, both included."""

    first: date
    last: date
    counts: Mapping[tuple[str, str], int]

    def total(self, figure: str) -> int:
        """A figure, all its parts together."""
        return sum(self.by(figure).values())

    def by(self, figure: str) -> dict[str, int]:
        """A figure by its parts."""
        return {part: number for (name, part), number in self.counts.items() if name == figure}

    def share(self, figure: str, whole: str) -> float | None:
        """A figure as a part (0-1) of another; None when that is 0."""
        of = self.total(whole)
        return self.total(figure) / of if of else None

    def seconds(self, figure: str, part: float) -> int | None:
        """The time that `part` (0-1) of the chats kept within, `wait` or `handling`; None without chats."""
        return quantile({int(seconds): number for seconds, number in self.by(figure).items()}, part)


@dataclass(frozen=True)
class Report:
    """A period as a whole, and its ISO weeks; the first and last may be cut short by the period."""

    whole: Span
    weeks: list[Span]

    def subjects(self) -> list[tuple[str, int]]:
        """Services by the number of conversations in which they were answered, most first."""
        return sorted(self.whole.by("subject").items(), key=lambda pair: (-pair[1], pair[0]))


class Effect:
    """Makes reports. Raises StorageDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def report(self, first: date, last: date) -> Report:
        """The report on the days `first` to `last`, of conversations that are kept and those deleted since."""

        def work(connection: Connection) -> Figures:
            row = conversations.c
            kept = count(connection, and_(row.created_at >= _midnight(first), row.created_at < _midnight(last, 1)))
            return kept + _of_deleted(connection, first, last)

        figures = await self._database.read(work)
        return Report(_span(figures, first, last), [_span(figures, *week) for week in _weeks(first, last)])


def quantile(histogram: Mapping[int, int], part: float) -> int | None:
    """The smallest value that at least `part` (0-1) of all are at or below (nearest rank); None when there are none."""
    needed = part * sum(histogram.values())
    reached = 0
    for value in sorted(histogram):
        reached += histogram[value]
        if reached >= needed:
            return value
    return None


def _of_deleted(connection: Connection, first: date, last: date) -> Figures:
    row = daily_figures.c
    rows = connection.execute(select(row.day, row.figure, row.part, row.count).where(row.day.between(first, last)))
    return Counter({(day, figure, part): number for day, figure, part, number in rows})


def _span(figures: Figures, first: date, last: date) -> Span:
    counts: Counter[tuple[str, str]] = Counter()
    for (day, figure, part), number in figures.items():
        if first <= day <= last:
            counts[figure, part] += number
    return Span(first, last, counts)


def _weeks(first: date, last: date) -> Iterator[tuple[date, date]]:
    begin = first
    while begin <= last:
        sunday = begin + timedelta(days=7 - begin.isoweekday())
        yield begin, min(sunday, last)
        begin = sunday + timedelta(days=1)


def _midnight(day: date, later: int = 0) -> datetime:
    """When the day, or one some days later, begins in Denmark."""
    return datetime.combine(day + timedelta(days=later), time(0), LOCAL).astimezone(UTC)
