"""Transactions, migrations, and what happens when the database is gone."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, insert, inspect, select, text

from bot import clock
from bot.storage.database import Database, StorageDown
from bot.storage.models import conversations, metadata

pytestmark = pytest.mark.asyncio


def _row(conversation_id: str, at: datetime | None = None) -> dict[str, object]:
    moment = at or clock.now()
    return {"id": conversation_id, "code": conversation_id, "state": "bot", "created_at": moment, "last_at": moment}


async def test_migrations_make_exactly_the_tables_of_the_models(database: Database, url: str) -> None:
    assert await database.answers()
    with create_engine(url, future=True).connect() as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail(connection) -> None:  # type: ignore[no-untyped-def]
        connection.execute(insert(conversations).values(_row("a")))
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await database.read(lambda connection: connection.execute(select(conversations.c.id)).all()) == []


async def test_times_come_back_in_utc(database: Database) -> None:
    noon_in_denmark = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    await database.write(
        lambda connection: connection.execute(insert(conversations).values(_row("a", noon_in_denmark)))
    )
    kept = await database.read(lambda connection: connection.execute(select(conversations.c.last_at)).scalar_one())
    assert kept == noon_in_denmark
    assert kept.tzinfo == UTC


async def test_many_writers_wait_their_turn(url: str) -> None:
    async def add(database: Database, name: str) -> None:
        await database.write(lambda connection: connection.execute(insert(conversations).values(_row(name))))

    workers = [Database(url), Database(url)]
    await asyncio.gather(
        *(add(worker, f"{number}{place}") for number in range(30) for place, worker in enumerate(workers))
    )
    assert len(await workers[0].read(lambda connection: connection.execute(select(conversations.c.id)).all())) == 60
    for worker in workers:
        worker.close()


async def test_a_dead_database_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "odder.db"
    broken.write_bytes(b"this is no database" * 100)
    database = Database(f"sqlite:///{broken}")
    assert not await database.answers()
    with pytest.raises(StorageDown):
        await database.write(lambda connection: connection.execute(text("SELECT 1")))
    database.close()


async def test_a_server_out_of_reach_says_so() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/odder")
    assert not await database.answers()
    database.close()


async def test_comes_back_when_the_database_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.database.RETRY_SECONDS", 0.0)
    path = tmp_path / "odder.db"
    path.write_bytes(b"this is no database" * 100)
    database = Database(f"sqlite:///{path}")
    assert not await database.answers()
    path.unlink()
    assert await database.answers()
    database.close()


async def test_sqlite_is_set_for_a_server(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/odder.db")
    for pragma, value in (("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("busy_timeout", 5000)):
        assert await database.read(lambda c, p=pragma: c.execute(text(f"PRAGMA {p}")).scalar()) == value
    database.close()
