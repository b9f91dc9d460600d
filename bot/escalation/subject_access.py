"""What one conversation's citizen can ask for by its code: to see all that is kept, and to have it deleted."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.escalation.contact import Contacts
from bot.escalation.deletion import RASA_EVENTS, delete_conversations, has_rasa_events, someone_waits
from bot.storage import account_tables, proposal_tables  # noqa: F401 (their tables are known once imported)
from bot.storage.contact_tables import contact_messages
from bot.storage.database import Database
from bot.storage.models import conversations, feedback, messages, metadata

Forget = Callable[[str], Awaitable[None]]
_LEFT_OUT = {
    "contact_messages": {"sealed", "sealed_note", "answered_by"},
    # That someone looked is the citizen's to know; which employee it was is not (EU Court of Justice, C-579/21).
    "audit_log": {"account_id", "name", "detail"},
}
_NOT_IN_CODE = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True)
class Holding:
    """What is kept of one conversation."""

    id: str
    code: str
    created_at: datetime
    last_at: datetime
    messages: int
    thumbs: int
    contact_messages: int
    waits: bool
    """Whether a citizen still waits for an answer in it."""


class SubjectAccess:
    """Finds, exports and erases. Every method raises StorageDown.

    Args:
        database: all of it.
        contacts: decrypts messages for staff.
        forget: drops what the engine remembers of a conversation.
    """

    def __init__(self, database: Database, contacts: Contacts, forget: Forget) -> None:
        self._database = database
        self._contacts = contacts
        self._forget = forget

    async def find(self, code: str) -> Holding | None:
        """What is kept of the conversation with that code, written in any way a citizen may."""
        wanted = select(conversations).where(conversations.c.code == _code(code))

        def read(connection: Connection) -> Holding | None:
            row = connection.execute(wanted).one_or_none()
            return _holding(connection, row) if row else None

        return await self._database.read(read)

    async def export(self, conversation_id: str) -> dict[str, Any] | None:
        """All that is kept of a conversation, as JSON values, messages for staff decrypted. None when there is none.

        Raises Unreadable.
        """

        def read(connection: Connection) -> dict[str, Any] | None:
            row = connection.execute(select(conversations).where(conversations.c.id == conversation_id)).one_or_none()
            return _all_of(connection, row, self._contacts) if row else None

        return await self._database.read(read)

    async def erase(self, conversation_id: str) -> bool:
        """Delete a conversation now; only anonymous counts remain. Returns whether there was one."""
        gone = await self._database.write(lambda connection: delete_conversations(connection, [conversation_id]))
        await self._forget(conversation_id)
        return gone.conversations == 1


def _holding(connection: Connection, row: Any) -> Holding:
    own = messages.c.conversation_id == row.id
    letters = contact_messages.c.conversation_id == row.id
    waits = select(conversations.c.id).where(conversations.c.id == row.id, someone_waits())

    def how_many(rows: Any) -> int:
        return connection.execute(rows).scalar_one()

    return Holding(
        id=row.id,
        code=row.code,
        created_at=row.created_at,
        last_at=row.last_at,
        messages=how_many(select(func.count()).select_from(messages).where(own)),
        thumbs=how_many(select(func.count()).select_from(feedback.join(messages)).where(own)),
        contact_messages=how_many(select(func.count()).select_from(contact_messages).where(letters)),
        waits=connection.execute(waits).first() is not None,
    )


def _all_of(connection: Connection, row: Any, contacts: Contacts) -> dict[str, Any]:
    """The conversation's row, and by table every row that names it."""
    kept: dict[str, Any] = {"conversation": _plain(row._mapping)}
    for named in metadata.sorted_tables:
        if "conversation_id" in named.c:
            columns = [one for one in named.c if one.name not in _LEFT_OUT.get(named.name, ())]
            rows = connection.execute(select(*columns).where(named.c.conversation_id == row.id)).all()
            kept[named.name] = [_plain(one._mapping) for one in rows]
    kept["messages"].sort(key=lambda message: message["seq"])
    letters = select(contact_messages).where(contact_messages.c.conversation_id == row.id)
    words = {letter.id: contacts.opened(letter) for letter in connection.execute(letters)}
    for shown in kept["contact_messages"]:
        own = words[shown["id"]]
        shown |= {"name": own.name, "contact": own.reach.value, "text": own.text, "note": own.note}
    thumbs = select(feedback, messages.c.seq).select_from(feedback.join(messages))
    thumbs = thumbs.where(messages.c.conversation_id == row.id)
    kept["feedback"] = [_plain(one._mapping) for one in connection.execute(thumbs).all()]
    if has_rasa_events(connection):
        events = select(RASA_EVENTS.c.type_name, RASA_EVENTS.c.timestamp, RASA_EVENTS.c.data)
        events = events.where(RASA_EVENTS.c.sender_id == row.id)
        kept["engine_events"] = [_plain(one._mapping) for one in connection.execute(events).all()]
    return kept


def _plain(values: Any) -> dict[str, Any]:
    return {name: clock.iso(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _code(written: str) -> str:
    """`k7m 3qf` → `K7M-3QF`."""
    signs = _NOT_IN_CODE.sub("", written.upper())
    return f"{signs[:3]}-{signs[3:]}"
