"""Tables of the editors' studio: drafts, publications, and who publishes now."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from bot.storage.models import UtcTime, metadata

WORKING = ("checking", "training", "comparing")
PUBLICATION_STATES = ("queued", *WORKING, "ready", "approved", "live", "failed", "rolled_back")

drafts = Table(
    "studio_drafts",
    metadata,
    Column("service_id", String(80), primary_key=True),
    Column("layer", String(40), primary_key=True),
    Column("version", String(16), nullable=False),
    Column("state", JSON, nullable=False),
    Column("base", JSON(none_as_null=True)),
    Column("subject_title", String(80), nullable=False),
    Column("author_id", String(36), nullable=False),
    Column("author_name", String(80), nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

publications = Table(
    "studio_publications",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("author_id", String(36), nullable=False),
    Column("author_name", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("state", String(12), nullable=False),
    Column("progress", Integer, nullable=False),
    Column("report", JSON, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("content", String(64)),
    Column("model", String(120)),
    Column("model_before", String(120)),
    Column("scheduled_at", UtcTime),
    Column("approved_by", String(36)),
    Column("approved_name", String(80)),
    Column("live_at", UtcTime),
    Column("acted_at", UtcTime),
    Column("ended_by", String(36)),
    Column("ended_name", String(80)),
    Column("ended_reason", Text),
    Index(None, "created_at"),
    Index(None, "state"),
)

locks = Table(
    "studio_locks",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("owner", String(36), nullable=False),
    Column("heartbeat", UtcTime, nullable=False),
)
