"""Tables of what was seen on the web: links, the municipality's own pages, and who is looking."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from bot.storage.models import UtcTime, metadata

link_checks = Table(
    "link_checks",
    metadata,
    Column("address", String(700), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("status", Integer),
    Column("hops", JSON, nullable=False),
    Column("proposed", Text),
    Column("title", String(200), nullable=False),
    Column("detail", String(200), nullable=False),
    Column("checked_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime),
    # The running series of failures: how many, and when the first was.
    Column("failures", Integer, nullable=False),
    Column("failing_since", UtcTime),
    Column("dead", Boolean, nullable=False, index=True),
    # The address an editor did not want, so that it is not proposed again.
    Column("dismissed", Text),
)

web_rounds = Table(
    "web_rounds",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("job", String(12), nullable=False),
    Column("asked_by", String(120)),
    Column("begun_at", UtcTime, nullable=False),
    # Told again and again while the round runs; a round that falls silent was cut off.
    Column("alive_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("outcome", String(12)),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Index(None, "job", "begun_at"),
)
_running = web_rounds.c.ended_at.is_(None)
# The lock: of each job one round at a time, in whatever worker.
Index("uq_web_rounds_running", web_rounds.c.job, unique=True, sqlite_where=_running, postgresql_where=_running)

pages = Table(
    "pages",
    metadata,
    Column("address", String(700), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("text", String(300), nullable=False),
    # What the sitemap said of its last change, as it was written.
    Column("modified", String(40), nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("read_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime),
)
