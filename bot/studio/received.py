"""Bundles from elsewhere, kept while an editor looks through them: a day, and then gone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, insert, select

from bot import clock
from bot.storage.bundle_tables import received_bundles
from bot.storage.database import Database

KEPT = timedelta(days=1)
_C = received_bundles.c


class ReceivedBundles:
    """The zip files as they came; `read_bundle` looks into them each time. All methods raise StorageDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, content: bytes, by_name: str) -> str:
        """Keep a bundle that `read_bundle` accepted, and let the old ones go. Returns its id."""
        bundle_id, now = str(uuid4()), clock.now()
        row = {"id": bundle_id, "content": content, "by_name": by_name, "at": now}
        await self._database.write(
            lambda connection: (
                connection.execute(delete(received_bundles).where(_C.at < now - KEPT)),
                connection.execute(insert(received_bundles).values(**row)),
            )
        )
        return bundle_id

    async def get(self, bundle_id: str) -> bytes | None:
        """The zip file, or None when it is gone."""
        wanted = select(_C.content).where(_C.id == bundle_id, _C.at >= clock.now() - KEPT)
        found = await self._database.read(lambda connection: connection.execute(wanted).scalar())
        return bytes(found) if found is not None else None

    async def forget(self, bundle_id: str) -> None:
        """It has been dealt with."""
        gone = delete(received_bundles).where(_C.id == bundle_id)
        await self._database.write(lambda connection: connection.execute(gone))
