"""Tables of chats that a human takes."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from bot.storage.models import UtcTime, metadata

OPEN = ("queued", "human")
TICKET_STATES = (*OPEN, "closed", "cancelled", "returned")

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("service", String(80)),
    Column("department", String(40)),
    Column("owner_id", String(36)),
    Column("owner_name", String(80)),
    Column("waiting_since", UtcTime, nullable=False),
    Column("claimed_at", UtcTime),
    Column("first_reply_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("outcome", String(20)),
    Column("read_seq", Integer, nullable=False),
    Index(None, "state", "waiting_since"),
)
_open = tickets.c.state.in_(OPEN)
Index(
    "uq_tickets_open",
    tickets.c.conversation_id,
    unique=True,
    sqlite_where=_open,
    postgresql_where=_open,
)

notes = Table(
    "notes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("author_id", String(36), nullable=False),
    Column("author_name", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
