"""What is left when conversations are deleted: counts, and that it was done."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Integer, String, Table

from bot.storage.models import UtcTime, metadata

daily_figures = Table(
    "daily_figures",
    metadata,
    # The Danish day on which the deleted conversations began.
    Column("day", Date, primary_key=True),
    Column("figure", String(20), primary_key=True),
    # What was counted apart, e.g. a service's id; empty when the figure is a single number.
    Column("part", String(80), primary_key=True),
    Column("count", Integer, nullable=False),
)

purges = Table(
    "purges",
    metadata,
    # One a day; the row is also the lock that lets one worker do it.
    Column("day", Date, primary_key=True),
    Column("begun_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("report", JSON),
)
