"""Table of what staff want the bot to learn."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from bot.storage.models import UtcTime, metadata

proposals = Table(
    "proposals",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("service", String(80)),
    Column("answered", String(80)),
    Column("title", String(120)),
    # What a citizen wrote goes when the conversation goes, also from here.
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("author_id", String(36), nullable=False),
    Column("author_name", String(120), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("settled_by", String(120)),
    Column("settled_at", UtcTime),
    Index(None, "state", "at"),
)
