"""Bundles that an editor is looking through."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "received_bundles",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_received_bundles"),
    )
    op.create_index("ix_received_bundles_at", "received_bundles", ["at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("received_bundles")
