"""The figures of the report: each as defined, and the same before and after conversations are deleted."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.escalation.contact import Contacts
from bot.escalation.effect import Effect, Report, quantile
from bot.escalation.retention import Retention
from bot.storage.database import Database
from tests.escalation.talks import (
    CITIZEN,
    GREETING,
    HUMAN,
    LEFT,
    OFF_TOPIC,
    SEARCH,
    THANKS,
    UNKNOWN,
    Said,
    Talks,
    answer,
    lifelike,
)

MONDAY = date(2026, 11, 16)
NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)


async def report_of(database: Database, talks: Talks, first: date = MONDAY, last: date = MONDAY) -> Report:
    await talks.write(database)
    return await Effect(database).report(first, last + timedelta(days=6))


@pytest.mark.parametrize(
    ("said", "thumbs", "ticket", "solved"),
    [
        ([CITIZEN, answer("pas")], [], None, 1),
        ([CITIZEN, answer("pas"), CITIZEN, THANKS], [(1, "up")], None, 1),
        ([CITIZEN, SEARCH], [], None, 0),
        ([CITIZEN, answer("pas")], [(1, "down")], None, 0),
        ([CITIZEN, answer("pas"), CITIZEN, answer("mitid")], [(1, "down"), (3, "up")], None, 1),
        ([CITIZEN, answer("pas"), CITIZEN, answer("mitid")], [(1, "up"), (3, "down")], None, 0),
        ([CITIZEN, answer("pas"), HUMAN], [], {}, 0),
        ([CITIZEN, answer("pas")], [], {"state": "cancelled"}, 0),
        ([CITIZEN, answer("pas"), LEFT], [], None, 0),
    ],
)
async def test_solved_without_staff(
    database: Database, said: list[Said], thumbs: list[tuple[int, str]], ticket: dict[str, str] | None, solved: int
) -> None:
    talks = Talks()
    talks.add(NOON, said, thumbs=thumbs, ticket=ticket)
    whole = (await report_of(database, talks)).whole
    assert whole.total("solved") == solved
    assert whole.total("with_staff") == (ticket is not None or LEFT in said)
    assert whole.total("conversations") == 1


async def test_what_is_counted(database: Database) -> None:
    talks = Talks()
    talks.add(NOON, [GREETING])  # opened, but nothing was asked
    talks.add(NOON, [GREETING, CITIZEN, answer("pas"), CITIZEN, answer("pas"), CITIZEN, answer("mitid")])
    talks.add(NOON, [CITIZEN, SEARCH, CITIZEN, UNKNOWN, CITIZEN, OFF_TOPIC, CITIZEN, OFF_TOPIC, CITIZEN, answer("pas")])
    talks.add(NOON, [CITIZEN, LEFT])
    report = await report_of(database, talks)
    whole = report.whole
    assert whole.total("conversations") == 3
    assert whole.by("messages") == {"citizen": 9, "bot": 10}
    assert whole.by("miss") == {"search": 1, "unknown": 1, "off_topic": 2}
    assert report.subjects() == [("pas", 2), ("mitid", 1)]
    assert whole.total("contact") == 1
    assert whole.share("solved", "conversations") == pytest.approx(2 / 3)
    assert whole.share("solved", "escalation") is None


async def test_waiting_and_handling(database: Database) -> None:
    talks = Talks()
    for wait in (30, 60, 61, 300, 1204):
        times = {"claimed_at": wait - 5, "first_reply_at": wait, "closed_at": wait + 600}
        talks.add(NOON, [CITIZEN, HUMAN], ticket={"reason": "asked", **times})
    talks.add(NOON, [CITIZEN], ticket={"state": "cancelled", "reason": "frustration", "closed_at": 900})
    talks.add(NOON, [CITIZEN], ticket={"state": "queued", "reason": "frustration"})
    whole = (await report_of(database, talks)).whole
    assert whole.by("escalation") == {"asked": 5, "frustration": 2}
    assert whole.total("gave_up") == 1
    assert whole.seconds("wait", 0.5) == 60
    assert whole.seconds("wait", 0.9) == 1200
    assert whole.seconds("handling", 0.5) == 600  # 605 seconds in each, to the nearest ten


async def test_weeks_begin_on_monday_in_denmark(database: Database) -> None:
    talks = Talks()
    for moment in ("2026-11-15T22:59", "2026-11-15T23:00", "2026-11-22T22:59", "2026-11-22T23:00"):
        talks.add(datetime.fromisoformat(moment).replace(tzinfo=UTC), [CITIZEN, answer("pas")])
    await talks.write(database)
    report = await Effect(database).report(date(2026, 11, 11), date(2026, 11, 29))
    assert [(week.first.day, week.last.day, week.total("conversations")) for week in report.weeks] == [
        (11, 15, 1), (16, 22, 2), (23, 29, 1),
    ]  # fmt: skip
    assert report.whole.total("conversations") == 4
    one_day = await Effect(database).report(date(2026, 11, 16), date(2026, 11, 16))
    assert one_day.whole.total("conversations") == 1


async def test_the_report_survives_the_deletion(database: Database, contacts: Contacts) -> None:
    talks = lifelike(datetime(2020, 6, 1, tzinfo=UTC), 12, 450, ["pas", "mitid", "flytning", "affald"])
    first, last = date(2020, 3, 1), date(2020, 6, 1)
    await talks.write(database)
    before = await Effect(database).report(first, last)
    half = datetime(2020, 4, 20, tzinfo=UTC)
    days = (datetime.now(UTC) - half).days
    early = await Retention(database, contacts, days, 14).purge()
    assert await Effect(database).report(first, last) == before
    rest = await Retention(database, contacts, 90, 14).purge()
    assert early.conversations > 50
    assert rest.conversations > 50
    assert early.conversations + rest.conversations == 450
    assert await Effect(database).report(first, last) == before
    assert before.whole.total("conversations") == 450


@given(st.dictionaries(st.integers(0, 9999), st.integers(1, 50), min_size=1), st.floats(0.01, 1))
def test_a_quantile_has_its_part_at_or_below(histogram: dict[int, int], part: float) -> None:
    value = quantile(histogram, part)
    assert value is not None
    total = sum(histogram.values())
    assert sum(n for v, n in histogram.items() if v <= value) >= part * total
    assert sum(n for v, n in histogram.items() if v < value) < part * total


def test_no_chats_have_no_time() -> None:
    assert quantile({}, 0.5) is None


async def test_a_hundred_thousand_messages_are_counted_in_two_seconds(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/odder.db")
    talks = lifelike(datetime(2026, 11, 24, tzinfo=UTC), 12, 16_500, [f"service_{number}" for number in range(180)])
    await talks.write(database)
    # Time of the processor, as other work on the machine is not what is measured.
    began = time.process_time()
    report = await Effect(database).report(date(2026, 8, 25), date(2026, 11, 24))
    took = time.process_time() - began
    database.close()
    counted = report.whole.total("messages")
    print(f"{counted} messages in {took:.2f} s")
    assert counted >= 98_000
    assert took < 2
