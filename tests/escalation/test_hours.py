"""When the chat is staffed: holidays, closed days, changes of the clock, midnight, and how Danes say it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import clock
from bot.catalogue.municipality import ClosedDay, Municipality, load_municipality
from bot.catalogue.problem import ContentError
from bot.escalation.hours import LOCAL, PlannedOpening, StaffedHours, day_words, local_day, time_words
from bot.texts import Texts

ODDER = load_municipality(Path("data/kommune/odder.yml"))
DANISH = Texts.load(Path("data/texts/da.yml"), ODDER.placeholders())
ENGLISH = Texts.load(Path("data/texts/en.yml"), ODDER.placeholders())
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def municipality(**own: Any) -> Municipality:
    week = {
        "monday": (time(10), time(15)),
        "tuesday": (time(10), time(15)),
        "thursday": (time(10), time(17)),
        "friday": (time(10), time(13)),
    }
    return ODDER.copy(update={"chat_hours": week, "extra_closed": ["12-24", "12-31", "06-05"], "closed_days": []} | own)


HOURS = StaffedHours(municipality())


def at(text: str) -> datetime:
    """A moment by Danish clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T09:59:59", False),  # Monday
        ("2026-11-23T10:00:00", True),
        ("2026-11-23T14:59:59", True),
        ("2026-11-23T15:00:00", False),
        ("2026-11-25T12:00:00", False),  # Wednesday
        ("2026-12-24T12:00:00", False),  # a Thursday closed every year
        ("2026-12-25T11:00:00", False),  # a Friday, Christmas Day
        ("2026-04-06T12:00:00", False),  # Easter Monday
        ("2026-07-06T10:30:00", True),  # summer time
        ("2025-06-05T12:00:00", False),  # Constitution Day
        ("2027-05-13T12:00:00", True),  # an ordinary Thursday
        ("2027-05-06T12:00:00", False),  # Ascension Day
    ],
)
def test_open_or_not(moment: str, is_open: bool) -> None:
    assert HOURS.is_open(at(moment)) == is_open


@pytest.mark.parametrize(
    ("moment", "opens", "answer_by"),
    [
        ("2026-11-23T08:00", "2026-11-23T10:00", "2026-11-23T15:00"),
        ("2026-11-23T11:00", "2026-11-23T11:00", "2026-11-24T15:00"),  # open: a message is for the next opening day
        ("2026-11-24T16:00", "2026-11-26T10:00", "2026-11-26T17:00"),  # no Wednesdays
        ("2026-11-27T13:00", "2026-11-30T10:00", "2026-11-30T15:00"),  # over a week-end
        ("2026-12-23T12:00", "2026-12-28T10:00", "2026-12-28T15:00"),  # over Christmas
        ("2026-04-01T12:00", "2026-04-07T10:00", "2026-04-07T15:00"),  # over Easter
        ("2026-03-28T23:30", "2026-03-30T10:00", "2026-03-30T15:00"),  # over the night to summer time
    ],
)
def test_when_it_opens_and_when_a_message_is_answered(moment: str, opens: str, answer_by: str) -> None:
    assert HOURS.next_opening(at(moment)) == at(opens)
    assert HOURS.answer_by(at(moment)) == at(answer_by)


def test_a_single_closed_day_and_why() -> None:
    hours = StaffedHours(municipality(closed_days=[ClosedDay(date=date(2026, 11, 23), reason="Kursus")]))
    assert not hours.is_open(at("2026-11-23T12:00"))
    assert hours.next_opening(at("2026-11-23T08:00")) == at("2026-11-24T10:00")
    assert [hours.why_closed(date(2026, month, day)) for month, day in ((11, 23), (12, 25), (12, 24), (11, 24))] == [
        "Kursus", "Juledag", "", None,
    ]  # fmt: skip


def test_without_hours_it_never_opens() -> None:
    never = StaffedHours(municipality(chat_hours={}))
    assert not never.is_open(at("2026-11-23T12:00"))
    assert never.next_opening(at("2026-11-23T12:00")) is None
    assert never.answer_by(at("2026-11-23T12:00")) is None


clock_times = st.times(max_value=time(23, 58)).map(lambda t: t.replace(microsecond=0, fold=0))
day_hours = st.tuples(clock_times, clock_times).map(sorted).map(tuple).filter(lambda pair: pair[0] < pair[1])
weeks = st.dictionaries(st.sampled_from(WEEKDAYS), day_hours, min_size=1)
# Every year's two nights with a change of the clock are among them, as are leap days and New Year.
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
changes = st.sampled_from(["2026-03-29T01:00", "2026-10-25T01:00", "2027-03-28T01:00", "2027-10-31T01:00"])
near_changes = st.builds(
    lambda change, minutes: datetime.fromisoformat(change).replace(tzinfo=UTC) + timedelta(minutes=minutes),
    changes,
    st.integers(-300, 300),
)


# Without a deadline: a year's holidays are reckoned when first asked for.
@settings(deadline=None)
@given(week=weeks, moment=moments | near_changes, part=st.floats(0, 0.99))
def test_the_next_opening_is_open_and_nothing_before_it_is(week: dict[str, Any], moment: datetime, part: float) -> None:
    hours = StaffedHours(municipality(chat_hours=week))
    opens = hours.next_opening(moment)
    assert opens is not None
    assert opens >= moment
    assert hours.is_open(opens)
    assert hours.is_open(moment) == (opens == moment)
    assert opens == moment or not hours.is_open(moment + (opens - moment) * part)


@settings(deadline=None)
@given(week=weeks, moment=moments | near_changes)
def test_a_message_is_never_promised_an_answer_before_staff_come(week: dict[str, Any], moment: datetime) -> None:
    hours = StaffedHours(municipality(chat_hours=week))
    due = hours.answer_by(moment)
    assert due is not None
    assert due > moment
    assert not hours.is_open(due)
    assert hours.is_open(due - timedelta(microseconds=1))
    day = local_day(due)
    assert hours.why_closed(day) is None
    assert due.astimezone(LOCAL).time() == week[WEEKDAYS[day.weekday()]][1] or is_change(day)


@settings(deadline=None)
@given(moment=moments)
def test_away_from_changes_of_the_clock_the_wall_clock_decides(moment: datetime) -> None:
    local = moment.astimezone(LOCAL)
    expected = {0: (10, 15), 1: (10, 15), 3: (10, 17), 4: (10, 13)}.get(local.weekday())
    is_time = expected is not None and expected[0] <= local.hour < expected[1]
    assert HOURS.is_open(moment) == (is_time and HOURS.why_closed(local.date()) is None)


def is_change(day: date) -> bool:
    """Whether the clock is changed that day."""
    return datetime.combine(day, time(0), LOCAL).utcoffset() != datetime.combine(day, time(12), LOCAL).utcoffset()


@pytest.mark.parametrize(
    ("then", "now", "danish", "english"),
    [
        ("2026-11-23T13:00", "2026-11-23T08:00", "i dag kl. 13", "today at 13"),
        ("2026-11-24T10:00", "2026-11-23T23:59", "i morgen kl. 10", "tomorrow at 10"),
        ("2026-11-23T10:30", "2026-11-20T14:00", "mandag kl. 10.30", "Monday at 10.30"),
        ("2026-06-02T10:00", "2026-05-26T10:00", "tirsdag den 2. juni kl. 10", "Tuesday 2 June at 10"),
        ("2027-01-04T09:05", "2026-12-28T10:00", "mandag den 4. januar kl. 9.05", "Monday 4 January at 9.05"),
        ("2026-03-29T10:00", "2026-03-28T23:30", "i morgen kl. 10", "tomorrow at 10"),
    ],
)
def test_in_words(then: str, now: str, danish: str, english: str) -> None:
    assert time_words(at(then), at(now), DANISH) == danish
    assert time_words(at(then), at(now), ENGLISH) == english


def test_every_day_of_a_year_has_words() -> None:
    today = date(2026, 1, 1)
    words = [day_words(today + timedelta(days=number), today, DANISH) for number in range(365)]
    assert len(set(words)) == 365
    assert words[6] == "onsdag"
    assert words[7] == "torsdag den 8. januar"


@pytest.mark.parametrize(
    ("moment", "is_open", "words"),
    [("2026-11-23T12:00", True, "i dag kl. 12"), ("2026-11-27T14:00", False, "mandag kl. 10")],
)
async def test_the_opening_by_the_clock(
    moment: str, is_open: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at(moment))
    opening = PlannedOpening(HOURS, DANISH)
    assert await opening.open_now() == is_open
    assert await opening.takes_messages()
    assert opening.opens() == words
    never = PlannedOpening(StaffedHours(municipality(chat_hours={})), DANISH)
    assert not await never.takes_messages()
    assert never.opens() == ""


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('extra_closed: ["24-12"]', 'skal være måned og dag, som "12-24"'),
        ('chat_hours: {monday: ["15:00", "10:00"]}', "skal lukke senere på dagen, end den åbner"),
        ("closed_days: [{date: om lidt, reason: Kursus}]", "skal være en dato"),
        ("closed_days: [{date: 2026-10-12}]", "mangler"),
    ],
)
def test_faults_in_the_file_are_told(line: str, complaint: str, tmp_path: Path) -> None:
    field = line.partition(":")[0]
    kept = [
        row
        for row in Path("data/kommune/eksempel.yml").read_text(encoding="utf-8").splitlines()
        if not row.startswith((field, "closed_days", "  - {date", "  monday", "  wednesday", "chat_hours"))
    ]
    path = tmp_path / "by.yml"
    path.write_text("\n".join([*kept, line]), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_municipality(path)
    assert [problem.remedy for problem in caught.value.problems if complaint in problem.remedy]


def test_the_files_that_come_with_it_are_read() -> None:
    example = load_municipality(Path("data/kommune/eksempel.yml"))
    assert example.closed_days[0].date == date(2027, 1, 15)
    assert "06-05" in ODDER.extra_closed
