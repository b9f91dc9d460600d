"""Messages left for staff outside hours."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from bot.storage.models import UtcTime, metadata

contact_messages = Table(
    "contact_messages",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("department", String(40)),
    Column("service", String(80)),
    # Name, contact and text, encrypted; see bot/escalation/seal.py.
    Column("sealed", Text, nullable=False),
    Column("left_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("answered_at", UtcTime),
    Column("answered_by", String(36)),
    Column("answered_name", String(120)),
    Column("how", String(16)),
    # Staff's note on the answer, encrypted too: it may say more of the citizen.
    Column("sealed_note", Text),
    UniqueConstraint("conversation_id", "client_id"),
    Index(None, "answered_at", "due_at"),
)
