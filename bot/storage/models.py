"""The tables. Times are UTC; SQLite gives them back without a zone, `UtcTime` puts it on again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

STATES = ("bot", "queued", "human", "closed")
AUTHORS = ("citizen", "bot", "human", "system")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator):
    """An aware UTC datetime on every database. Refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(8), nullable=False, unique=True),
    Column("state", String(8), nullable=False),
    Column("reason", String(40)),
    Column("subject", String(80)),
    Column("language", String(8)),
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("last_at", UtcTime, nullable=False, index=True),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", String(8), nullable=False),
    Column("name", String(80)),
    Column("text", Text, nullable=False),
    Column("links", JSON, nullable=False),
    Column("buttons", JSON, nullable=False),
    Column("meta", JSON, nullable=False),
    Column("client_id", String(64)),
    Column("reply_to", Integer),
    Column("awaits_reply", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("conversation_id", "client_id"),
    Index(None, "conversation_id", "reply_to"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("value", String(4), nullable=False),
    Column("comment", Text),
    Column("at", UtcTime, nullable=False),
)
