"""One publication is built at a time, whichever worker does it: training takes all of a machine."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import Connection

from bot.clock import now
from bot.storage.database import Database
from bot.storage.studio_tables import locks

STALE = timedelta(seconds=30)
"""A holder that has not been heard of for so long is no more."""
HEARTBEAT_SECONDS = 5.0

_NAME = "build"


class BuildLock:
    """A row that says who builds, and when it was last heard of. Methods raise StorageDown.

    Args:
        database: where the row is.
        owner: this worker.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    async def take(self) -> bool:
        """Whether this worker has it now."""

        def work(connection: Connection) -> bool:
            row = connection.execute(select(locks).where(locks.c.name == _NAME)).mappings().first()
            if row is None:
                connection.execute(insert(locks).values(name=_NAME, owner=self._owner, heartbeat=now()))
                return True
            if row["owner"] != self._owner and row["heartbeat"] > now() - STALE:
                return False
            seen = and_(locks.c.name == _NAME, locks.c.owner == row["owner"], locks.c.heartbeat == row["heartbeat"])
            taken = connection.execute(update(locks).where(seen).values(owner=self._owner, heartbeat=now()))
            return bool(taken.rowcount)

        return await self._database.write(work)

    async def beat(self) -> bool:
        """Say that we are alive; False when another has taken over."""
        mine = and_(locks.c.name == _NAME, locks.c.owner == self._owner)
        return await self._database.write(
            lambda connection: bool(connection.execute(update(locks).where(mine).values(heartbeat=now())).rowcount)
        )

    async def let_go(self) -> None:
        """For the next."""
        mine = and_(locks.c.name == _NAME, locks.c.owner == self._owner)
        await self._database.write(lambda connection: connection.execute(delete(locks).where(mine)))
