"""Bundles from other municipalities that an editor is looking through."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from bot.storage.models import UtcTime, metadata

received_bundles = Table(
    "received_bundles",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("by_name", String(120), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)
