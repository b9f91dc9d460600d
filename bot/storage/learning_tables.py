"""Table of citizens' sentences that editors have settled, so that they are asked about once."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from bot.storage.models import UtcTime, metadata

settled_sentences = Table(
    "settled_sentences",
    metadata,
    Column("id", String(36), primary_key=True),
    # The sentence itself stays with its conversation and goes with it.
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("act", String(8), nullable=False),
    Column("service", String(80)),
    Column("by_name", String(120), nullable=False),
    Column("at", UtcTime, nullable=False),
)
