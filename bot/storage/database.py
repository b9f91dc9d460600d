"""The one way to SQL: SQLite or PostgreSQL, brought up to date by Alembic, worked in threads so the event loop never waits."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

T = TypeVar("T")
logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
RETRY_SECONDS = 3.0
"""After a failed migration the next attempt waits this long, so that a dead database costs citizens no time."""
_THREADS = 4
_WAL_SECONDS = 5.0
_POSTGRES_LIMITS = {
    "connect_timeout": 3,
    "tcp_user_timeout": 3000,
    "options": "-c statement_timeout=5000 -c lock_timeout=3000",
}
_MIGRATION_LOCK = 0x0DDE_0B07


class StorageDown(Exception):
    """The database can't be used now."""


class Database:
    """Transactions on one database.

    Args:
        url: SQLAlchemy address. A SQLite file's folder is made if it is missing.
    """

    def __init__(self, url: str) -> None:
        self._engine = _connect(url)
        # SQLite has one writer at a time: taking the lock at BEGIN waits its turn instead of failing half-way.
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="sql")
        self._migrating = Lock()
        self._migrated = False
        self._next_attempt = 0.0

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads. Raises StorageDown."""
        return await self._run(self._engine, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that may write. Raises StorageDown.

        `work` runs once more when it collides with another worker's row, so it must look before it inserts.
        """
        try:
            return await self._run(self._writer, work)
        except IntegrityError:
            return await self._run(self._writer, work)

    async def answers(self) -> bool:
        """Whether the database is there and up to date."""
        try:
            await self.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
        except StorageDown:
            return False
        return True

    def close(self) -> None:
        """Finish running transactions and let all connections go."""
        self._threads.shutdown()
        self._engine.dispose()

    async def _run(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, engine, work)

    def _transact(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        try:
            self._migrate_once()
            with engine.begin() as connection:
                return work(connection)
        except IntegrityError:
            raise
        except (SQLAlchemyError, CommandError) as error:
            # The first line only: PostgreSQL's DETAIL lines quote the row, and the row is what a citizen wrote.
            reason = str(getattr(error, "orig", error)).partition("\n")[0]
            logger.error("database down", extra={"reason": reason})
            raise StorageDown from error

    def _migrate_once(self) -> None:
        if self._migrated:
            return
        with self._migrating:
            if self._migrated:
                return
            if time.monotonic() < self._next_attempt:
                raise StorageDown
            self._next_attempt = time.monotonic() + RETRY_SECONDS
            with self._writer.begin() as connection:
                migrate(connection)
            self._migrated = True


def migrate(connection: Connection) -> None:
    """Bring the tables up to date inside the caller's transaction. Safe when several workers start at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _connect(address: str) -> Engine:
    url = make_url(address)
    # Parameters are what citizens write; they must not reach a log through an error message.
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            future=True,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=_THREADS,
            connect_args=_POSTGRES_LIMITS,
        )
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=_THREADS,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own idea of when a transaction begins leaves reads outside it; `_begin_sqlite` decides instead.
    connection.isolation_level = None
    for pragma in ("busy_timeout=5000", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite does not wait for its turn to change the journal's mode, and two workers may open a new file at once.
    give_up = time.monotonic() + _WAL_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
