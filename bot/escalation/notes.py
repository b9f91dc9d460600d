"""What staff write to each other about a conversation. Citizens never see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select

from bot import clock
from bot.conversation.mask import mask
from bot.storage.database import Database
from bot.storage.escalation_tables import notes

MAX_LENGTH = 2000
"""Characters of a note."""


@dataclass(frozen=True)
class Note:
    """One note."""

    id: str
    author_name: str
    text: str
    at: datetime


class Notes:
    """Reads and writes notes. Every method raises StorageDown when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, conversation_id: str, author_id: str, author_name: str, text: str) -> None:
        """Keep a note, masked: what a citizen may not write in the chat has no place here either."""
        row = {
            "id": str(uuid4()),
            "conversation_id": conversation_id,
            "author_id": author_id,
            "author_name": author_name,
            "text": mask(text).text,
            "at": clock.now(),
        }
        await self._database.write(lambda connection: connection.execute(insert(notes).values(row)))

    async def of(self, conversation_id: str) -> list[Note]:
        """All notes on a conversation, oldest first."""
        asked = select(*(notes.c[name] for name in Note.__dataclass_fields__))
        asked = asked.where(notes.c.conversation_id == conversation_id).order_by(notes.c.at, notes.c.id)
        return await self._database.read(lambda connection: [Note(**row._mapping) for row in connection.execute(asked)])
