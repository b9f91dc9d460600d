"""When staff answer the chat: weekly hours of the municipality file, less public holidays and its own closed days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from bot import clock
from bot.catalogue.municipality import Municipality, Weekday
from bot.texts import Texts

LOCAL = ZoneInfo("Europe/Copenhagen")
_WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LOOK_AHEAD_DAYS = 370
"""A chat open on one weekday only can be closed for weeks in a row, but not for a year."""


class StaffedHours:
    """The staffed hours of one municipality. All moments are aware; those given back are UTC."""

    def __init__(self, municipality: Municipality) -> None:
        self._week = municipality.chat_hours
        self._every_year = frozenset(municipality.extra_closed)
        self._single_days = {day.date: day.reason for day in municipality.closed_days}
        self._holidays = holidays.country_holidays("DK", language="da")

    def is_open(self, moment: datetime) -> bool:
        """Whether staff answer at that moment."""
        hours = self._hours_on(local_day(moment))
        return hours is not None and hours[0] <= moment < hours[1]

    def next_opening(self, moment: datetime) -> datetime | None:
        """`moment` itself while open, else when the chat opens next; None when it never does."""
        for opens, closes in self._from(local_day(moment)):
            if moment < closes:
                return max(moment, opens)
        return None

    def answer_by(self, moment: datetime) -> datetime | None:
        """When a message left at `moment` must be answered: the end of the first opening that begins after it."""
        return next((closes for opens, closes in self._from(local_day(moment)) if opens > moment), None)

    def why_closed(self, day: date) -> str | None:
        """The name of the holiday or the file's reason for a closed day; empty for a yearly one; None for an ordinary day."""
        if day in self._single_days:
            return self._single_days[day]
        if day in self._holidays:
            return str(self._holidays[day])
        return "" if f"{day:%m-%d}" in self._every_year else None

    def _from(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for number in range(_LOOK_AHEAD_DAYS):
            hours = self._hours_on(day + timedelta(days=number))
            if hours:
                yield hours

    def _hours_on(self, day: date) -> tuple[datetime, datetime] | None:
        hours = self._week.get(_WEEKDAYS[day.weekday()])
        if hours is None or self.why_closed(day) is not None:
            return None
        opens, closes = (datetime.combine(day, at, LOCAL).astimezone(UTC) for at in hours)
        # On the night the clocks go forward, hours within the missing hour are no time at all.
        return (opens, closes) if opens < closes else None


class PlannedOpening:
    """The chat's opening as the hours have it, for the hand-over: whether it is open, and in words when it opens."""

    def __init__(self, hours: StaffedHours, texts: Texts) -> None:
        self._hours = hours
        self._texts = texts

    async def open_now(self) -> bool:
        """Whether staff answer the chat at this moment."""
        return self._hours.is_open(clock.now())

    async def takes_messages(self) -> bool:
        """Whether there is an opening day on which a message left now will be answered."""
        return self._hours.answer_by(clock.now()) is not None

    def opens(self, texts: Texts | None = None) -> str:
        """When it opens next, e.g. «mandag kl. 10», in the language of `texts`; empty when it never does."""
        moment = clock.now()
        opens = self._hours.next_opening(moment)
        return time_words(opens, moment, texts or self._texts) if opens else ""


def time_words(then: datetime, now: datetime, texts: Texts) -> str:
    """«i dag kl. 13», «i morgen kl. 10», «mandag kl. 10», or with the date from a week on: «tirsdag den 2. juni kl. 10.30»."""
    local = then.astimezone(LOCAL)
    hour = f"{local.hour}.{local:%M}" if local.minute else str(local.hour)
    return texts.say("when_hour", dag=day_words(local_day(then), local_day(now), texts), klokken=hour)


def day_words(then: date, today: date, texts: Texts) -> str:
    """«i dag», «i morgen», «mandag», or from a week on: «tirsdag den 2. juni»."""
    away = (then - today).days
    if away in (0, 1):
        return texts.say(f"when_in_{away}")
    weekday = texts.say(f"when_weekday_{then.isoweekday()}")
    if 1 < away < 7:
        return weekday
    return texts.say("when_date", ugedag=weekday, dag=str(then.day), maaned=texts.say(f"when_month_{then.month}"))


def local_day(moment: datetime) -> date:
    """The date in Denmark."""
    return moment.astimezone(LOCAL).date()
