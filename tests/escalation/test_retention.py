"""What is deleted by rule, and what a citizen can ask for."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, func, insert, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.conversation.transcript import code_of
from bot.escalation.contact import Contacts
from bot.escalation.deletion import Deleted
from bot.escalation.notes import Notes
from bot.escalation.reach import Reach
from bot.escalation.retention import BATCH, Retention
from bot.escalation.seal import Seal
from bot.escalation.subject_access import SubjectAccess
from bot.storage.account_tables import audit_log
from bot.storage.contact_tables import contact_messages
from bot.storage.database import Database
from bot.storage.escalation_tables import notes, tickets
from bot.storage.models import conversations, feedback, messages
from bot.storage.retention_tables import daily_figures, purges
from tests.escalation.talks import CITIZEN, HUMAN, Talks, answer

PHONE = Reach("phone", "+45 87 80 33 33")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=91)
YOUNG = NOW - timedelta(days=89)

# As Rasa's SQLTrackerStore makes it.
events = Table(
    "events",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255), nullable=False, index=True),
    Column("type_name", String(255), nullable=False),
    Column("timestamp", Float),
    Column("intent_name", String(255)),
    Column("action_name", String(255)),
    Column("data", Text),
)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def retention(database: Database, contacts: Contacts) -> Retention:
    return Retention(database, contacts, transcript_days=90, contact_days=14)


class Engine:
    """Keeps in mind what it was told to forget."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def forget(self, conversation_id: str) -> None:
        self.forgotten.append(conversation_id)


async def rasa_writes(database: Database, *rows: tuple[str, datetime]) -> None:
    def work(connection: Connection) -> None:
        events.create(connection, checkfirst=True)
        for sender_id, at in rows:
            row = {"sender_id": sender_id, "type_name": "user", "timestamp": at.timestamp(), "data": '{"text": "hej"}'}
            connection.execute(insert(events).values(row))

    await database.write(work)


async def rows_of(database: Database, table: Table) -> int:
    wanted = select(func.count()).select_from(table)
    return await database.read(lambda connection: connection.execute(wanted).scalar_one())


async def everything(database: Database, contacts: Contacts, begun_at: datetime) -> str:
    """A conversation of which there is a row in every table."""
    talks = Talks()
    said = [CITIZEN, answer("pas"), CITIZEN, HUMAN]
    conversation_id = talks.add(begun_at, said, thumbs=[(1, "up")], ticket={"closed_at": 900})
    await talks.write(database)
    await Notes(database).add(conversation_id, "s1", "Mette", "Ring i morgen")
    await rasa_writes(database, (conversation_id, begun_at))
    left = await contacts.leave(conversation_id, "Ane", PHONE, "Ring til mig", None, "pas", "c1")
    await contacts.answer(left.id, "s1", "Mette", "phone", "Talte med Ane")
    return conversation_id


async def test_only_what_is_too_old_goes(database: Database, contacts: Contacts, retention: Retention) -> None:
    await everything(database, contacts, OLD)
    young = await everything(database, contacts, YOUNG)
    await rasa_writes(database, ("nowhere else", OLD), ("nowhere else", YOUNG))
    report = await retention.purge()
    assert report == Deleted(conversations=1, messages=4, contact_messages=1, engine_events=2)
    kept = await database.read(lambda c: c.execute(select(conversations.c.id)).scalars().all())
    assert kept == [young]
    for table, number in ((messages, 4), (feedback, 1), (tickets, 1), (notes, 1), (contact_messages, 1), (events, 2)):
        assert await rows_of(database, table) == number, table.name
    assert await retention.purge() == Deleted()


async def test_without_rasa_there_are_no_events(database: Database, retention: Retention) -> None:
    talks = Talks()
    talks.add(OLD, [CITIZEN])
    await talks.write(database)
    assert await retention.purge() == Deleted(conversations=1, messages=1)


async def test_an_answered_message_goes_before_its_conversation(
    database: Database, contacts: Contacts, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everything(database, contacts, NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=14))
    assert await retention.purge() == Deleted()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=14, minutes=1))
    assert await retention.purge() == Deleted(contact_messages=1)
    assert await rows_of(database, messages) == 4


async def test_nobody_who_waits_is_forgotten(database: Database, contacts: Contacts, retention: Retention) -> None:
    talks = Talks()
    in_line = talks.add(OLD, [CITIZEN], ticket={"state": "queued"})
    left_one = talks.add(OLD, [CITIZEN])
    talks.add(OLD, [CITIZEN], ticket={"state": "cancelled"})
    await talks.write(database)
    await contacts.leave(left_one, "Ane", PHONE, "Ring til mig", None, None, "c1")
    assert await retention.purge() == Deleted(conversations=1, messages=1, kept_open=2)
    kept = await database.read(lambda c: set(c.execute(select(conversations.c.id)).scalars()))
    assert kept == {in_line, left_one}


async def test_many_go_in_batches_and_are_counted_once_also_by_two_at_once(
    database: Database, url: str, contacts: Contacts, retention: Retention
) -> None:
    talks = Talks()
    for _ in range(2 * BATCH + 20):
        talks.add(OLD, [CITIZEN, answer("pas")])
    await talks.write(database)
    elsewhere = Database(url)
    other = Retention(elsewhere, Contacts(elsewhere, contacts._seal, contacts._hours), 90, 14)
    reports = await asyncio.gather(retention.purge(), other.purge())
    elsewhere.close()
    assert sum(report.conversations for report in reports) == 2 * BATCH + 20
    counted = select(daily_figures.c.count).where(daily_figures.c.figure == "conversations")
    assert await database.read(lambda c: c.execute(counted).scalars().all()) == [2 * BATCH + 20]


async def test_what_is_left_is_counts_alone(database: Database, contacts: Contacts, retention: Retention) -> None:
    await everything(database, contacts, OLD)
    await retention.purge()
    rows = await database.read(lambda c: c.execute(select(daily_figures)).all())
    assert {(row.figure, row.part, row.count) for row in rows} == {
        ("conversations", "", 1), ("messages", "citizen", 2), ("messages", "bot", 1), ("messages", "human", 1),
        ("subject", "pas", 1), ("thumb", "up", 1), ("escalation", "asked", 1), ("with_staff", "", 1),
    }  # fmt: skip
    assert {row.day.isoformat() for row in rows} == {"2026-08-25"}


async def test_one_worker_purges_once_a_day(
    database: Database, url: str, contacts: Contacts, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = Talks()
    talks.add(OLD, [CITIZEN])
    await talks.write(database)
    elsewhere = Database(url)
    workers = [retention, retention, Retention(elsewhere, contacts, 90, 14), Retention(elsewhere, contacts, 90, 14)]
    reports = await asyncio.gather(*(worker.purge_if_due() for worker in workers))
    elsewhere.close()
    assert [report for report in reports if report] == [Deleted(conversations=1, messages=1)]
    assert await retention.purge_if_due() is None
    (noted,) = await retention.purges()
    assert (noted.day.isoformat(), noted.ended_at, noted.report) == (
        "2026-11-24", NOW, Deleted(conversations=1, messages=1),
    )  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 1, 59, tzinfo=UTC))
    assert await retention.purge_if_due() is None  # before three in the morning
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 2, tzinfo=UTC))
    assert await retention.purge_if_due() == Deleted()


async def test_a_purge_that_was_killed_is_taken_up(
    database: Database, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = insert(purges).values(day=NOW.date(), begun_at=NOW)
    await database.write(lambda connection: connection.execute(begun))
    assert await retention.purge_if_due() is None
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=61))
    assert await retention.purge_if_due() == Deleted()


async def test_a_key_that_is_missing_does_not_stop_the_purge(
    database: Database, contacts: Contacts, caplog: pytest.LogCaptureFixture
) -> None:
    await everything(database, contacts, NOW)
    talks = Talks()
    talks.add(OLD, [CITIZEN])
    await talks.write(database)
    lost = Contacts(database, Seal(("en helt anden nøgle end den, der blev brugt",)), contacts._hours)
    assert (await Retention(database, lost, 90, 14).purge()).conversations == 1
    assert "ODDER_CONTACT_KEYS" in caplog.text


async def test_a_conversation_is_found_by_its_code_however_it_is_written(
    database: Database, contacts: Contacts
) -> None:
    conversation_id = await everything(database, contacts, NOW)
    access = SubjectAccess(database, contacts, Engine().forget)
    code = code_of(conversation_id)
    for written in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        found = await access.find(written)
        assert found is not None
        assert (found.id, found.messages, found.thumbs, found.contact_messages, found.waits) == (
            conversation_id, 4, 1, 1, False,
        )  # fmt: skip
    for written in ("", "XXX-XXX", "'; --", code[:-1]):
        assert await access.find(written) is None


async def test_an_export_holds_all_in_plain_words(database: Database, contacts: Contacts) -> None:
    conversation_id = await everything(database, contacts, YOUNG)
    await everything(database, contacts, YOUNG)
    seen = {"at": NOW, "name": "Mette", "act": "chat_view", "conversation_id": conversation_id, "detail": {}}
    await database.write(lambda connection: connection.execute(insert(audit_log).values(seen)))
    kept = await SubjectAccess(database, contacts, Engine().forget).export(conversation_id)
    assert kept is not None
    assert json.loads(json.dumps(kept)) == kept
    assert kept["conversation"]["id"] == conversation_id
    assert [message["seq"] for message in kept["messages"]] == [1, 2, 3, 4]
    assert [(row["seq"], row["value"]) for row in kept["feedback"]] == [(2, "up")]
    assert [(row["name"], row["contact"], row["text"], row["note"]) for row in kept["contact_messages"]] == [
        ("Ane", "+45 87 80 33 33", "Ring til mig", "Talte med Ane")
    ]
    assert [row["text"] for row in kept["notes"]] == ["Ring i morgen"]
    assert [row["reason"] for row in kept["tickets"]] == ["asked"]
    assert [row["act"] for row in kept["audit_log"]] == ["chat_view"]
    assert [row["data"] for row in kept["engine_events"]] == ['{"text": "hej"}']
    assert "sealed" not in str(kept)
    assert await SubjectAccess(database, contacts, Engine().forget).export("findes ikke") is None


async def test_erased_means_gone_also_from_the_engine(database: Database, contacts: Contacts) -> None:
    conversation_id = await everything(database, contacts, YOUNG)
    other = await everything(database, contacts, YOUNG)
    engine = Engine()
    access = SubjectAccess(database, contacts, engine.forget)
    assert await access.erase(conversation_id)
    assert engine.forgotten == [conversation_id]
    assert await access.export(conversation_id) is None
    for table, number in ((messages, 4), (feedback, 1), (tickets, 1), (notes, 1), (contact_messages, 1), (events, 1)):
        assert await rows_of(database, table) == number, table.name
    assert not await access.erase(conversation_id)
    assert await access.export(other) is not None


def test_the_command_prints_what_was_deleted(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/odder.db")
    talks = Talks()
    talks.add(datetime.now(UTC) - timedelta(days=30), [CITIZEN, answer("pas")])
    talks.add(datetime.now(UTC), [CITIZEN])
    asyncio.run(talks.write(database))
    database.close()
    settings = {"ODDER_VAR": str(tmp_path), "ODDER_RETENTION_DAYS": "20"}
    command = [sys.executable, "-m", "bot.escalation.retention"]
    done = subprocess.run(command, env=os.environ | settings, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[:2] == ["conversations: 1", "messages: 2"]
