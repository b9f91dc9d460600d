"""Deleting conversations with all that belongs to them. Only anonymous counts remain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Table, and_, column, delete, exists, func, insert, inspect, select, table, update
from sqlalchemy.engine import Connection

from bot.escalation.figures import count
from bot.storage.contact_tables import contact_messages
from bot.storage.escalation_tables import OPEN, tickets
from bot.storage.models import conversations, messages
from bot.storage.retention_tables import daily_figures

RASA_EVENTS = table("events", column("sender_id"), column("type_name"), column("timestamp"), column("data"))
"""Made by Rasa's tracker store when the engine first starts. `timestamp` is in seconds since 1970."""


@dataclass(frozen=True)
class Deleted:
    """How much was deleted. `kept_open`: old conversations kept as a citizen still waits for an answer."""

    conversations: int = 0
    messages: int = 0
    contact_messages: int = 0
    engine_events: int = 0
    kept_open: int = 0

    def __add__(self, other: Deleted) -> Deleted:
        """Both together."""
        return Deleted(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Deleted)))


def delete_conversations(connection: Connection, ids: Sequence[str]) -> Deleted:
    """Delete conversations and keep their counts, in the caller's transaction."""
    # Held, so that two who delete at once do not both count.
    held = select(conversations.c.id).where(conversations.c.id.in_(ids)).with_for_update()
    ids = connection.execute(held).scalars().all()
    for (day, figure, part), number in count(connection, conversations.c.id.in_(ids)).items():
        _add(connection, day, figure, part, number)

    def how_many(of: Table) -> int:
        rows = select(func.count()).select_from(of).where(of.c.conversation_id.in_(ids))
        return connection.execute(rows).scalar_one()

    gone = Deleted(messages=how_many(messages), contact_messages=how_many(contact_messages))
    events = delete_events(connection, RASA_EVENTS.c.sender_id.in_(ids))
    # Messages, thumbs, tickets, notes, proposals and messages for staff go with it: their foreign keys say so.
    deleted = connection.execute(delete(conversations).where(conversations.c.id.in_(ids))).rowcount
    return gone + Deleted(conversations=deleted, engine_events=events)


def someone_waits() -> Any:
    """Condition on `conversations`: there is an open chat with staff, or a message for them not yet answered."""
    ticket = exists().where(tickets.c.conversation_id == conversations.c.id, tickets.c.state.in_(OPEN))
    letter = exists().where(
        contact_messages.c.conversation_id == conversations.c.id, contact_messages.c.answered_at.is_(None)
    )
    return ticket | letter


def has_rasa_events(connection: Connection) -> bool:
    """Whether Rasa has made its table."""
    return bool(inspect(connection).has_table(RASA_EVENTS.name))


def delete_events(connection: Connection, which: Any) -> int:
    """Delete what the engine keeps of the events that fit `which`. Returns how many."""
    if not has_rasa_events(connection):
        return 0
    return connection.execute(delete(RASA_EVENTS).where(which)).rowcount


def _add(connection: Connection, day: date, figure: str, part: str, number: int) -> None:
    key = {"day": day, "figure": figure, "part": part}
    row = daily_figures.c
    same = and_(row.day == day, row.figure == figure, row.part == part)
    more = update(daily_figures).where(same).values(count=row.count + number)
    if not connection.execute(more).rowcount:
        connection.execute(insert(daily_figures).values(**key, count=number))
