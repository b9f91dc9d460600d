"""Tables of what editors tell all citizens. Each row is a version, never changed; the newest is in force."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table

from bot.storage.models import UtcTime, metadata

notices = Table(
    "notices",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, index=True),
    Column("text", String(300), nullable=False),
    Column("text_english", String(300), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False, index=True),
    Column("removed", Boolean, nullable=False),
    Column("author_id", String(36), nullable=False),
    Column("author_name", String(120), nullable=False),
    Column("at", UtcTime, nullable=False),
)

chat_settings = Table(
    "chat_settings",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=True),
    Column("values", JSON, nullable=False),
    Column("author_id", String(36), nullable=False),
    Column("author_name", String(120), nullable=False),
    Column("at", UtcTime, nullable=False),
)
