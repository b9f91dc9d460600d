"""The log: every view of and act on a chat or a person is one row. It holds no text of a citizen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.conversation.transcript import code_of
from bot.desk.permission import Staff
from bot.storage.account_tables import audit_log
from bot.storage.database import Database

PAGE_LENGTH = 50
_ROW = audit_log.c


@dataclass(frozen=True)
class Noted:
    """One row. `act` is a key such as `claim`; its Danish is the sentence `act_<act>` of desk.yml."""

    id: int
    at: datetime
    account_id: str | None
    name: str
    act: str
    code: str | None
    detail: dict[str, str]


class Audit:
    """Writes and reads the log. Every method raises StorageDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, staff: Staff | None, act: str, conversation_id: str | None = None, **detail: str) -> None:
        """Keep that `staff` did `act`, or someone not logged in (None)."""
        row = {
            "at": clock.now(),
            "account_id": staff.id if staff else None,
            "name": staff.name if staff else "",
            "act": act,
            "conversation_id": conversation_id,
            "code": code_of(conversation_id) if conversation_id else None,
            "detail": detail,
        }
        await self._database.write(lambda connection: connection.execute(insert(audit_log).values(row)))

    async def page(
        self,
        *,
        account_id: str | None = None,
        code: str | None = None,
        act: str | None = None,
        before: int | None = None,
    ) -> tuple[list[Noted], int | None]:
        """The newest rows that fit, and the `before` of the next page (None on the last)."""
        wanted = select(_ROW.id, _ROW.at, _ROW.account_id, _ROW.name, _ROW.act, _ROW.code, _ROW.detail)
        for column, value in ((_ROW.account_id, account_id), (_ROW.code, code), (_ROW.act, act)):
            wanted = wanted.where(column == value) if value else wanted
        wanted = wanted.where(_ROW.id < before) if before else wanted
        wanted = wanted.order_by(_ROW.id.desc()).limit(PAGE_LENGTH + 1)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        noted = [Noted(**row._mapping) for row in rows[:PAGE_LENGTH]]
        return noted, noted[-1].id if len(rows) > PAGE_LENGTH else None

    async def acts(self) -> Sequence[str]:
        """Every act that has been noted."""

        def read(connection: Connection) -> list[Any]:
            return connection.execute(select(_ROW.act).distinct().order_by(_ROW.act)).scalars().all()

        return await self._database.read(read)
