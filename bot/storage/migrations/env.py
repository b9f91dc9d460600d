"""Alembic's way in: the server hands over its connection; the command line reads the settings."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from bot.settings import Settings
from bot.storage import (  # noqa: F401 (their tables are known once imported)
    account_tables,
    bundle_tables,
    contact_tables,
    escalation_tables,
    learning_tables,
    link_tables,
    notice_tables,
    proposal_tables,
    retention_tables,
    studio_tables,
)
from bot.storage.models import metadata


def _upgrade(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _upgrade(given)
else:
    with create_engine(Settings().database, future=True).begin() as own:
        _upgrade(own)
