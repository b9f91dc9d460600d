"""Drafts and publications of the editors' studio."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "studio_drafts",
        sa.Column("service_id", sa.String(80), nullable=False),
        sa.Column("layer", sa.String(40), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("base", sa.JSON),
        sa.Column("subject_title", sa.String(80), nullable=False),
        sa.Column("author_id", sa.String(36), nullable=False),
        sa.Column("author_name", sa.String(80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "layer", name="pk_studio_drafts"),
    )
    op.create_table(
        "studio_publications",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("author_id", sa.String(36), nullable=False),
        sa.Column("author_name", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("progress", sa.Integer, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("content", sa.String(64)),
        sa.Column("model", sa.String(120)),
        sa.Column("model_before", sa.String(120)),
        sa.Column("scheduled_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.String(36)),
        sa.Column("approved_name", sa.String(80)),
        sa.Column("live_at", sa.DateTime(timezone=True)),
        sa.Column("acted_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.String(36)),
        sa.Column("ended_name", sa.String(80)),
        sa.Column("ended_reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_studio_publications"),
    )
    op.create_index("ix_studio_publications_created_at", "studio_publications", ["created_at"])
    op.create_index("ix_studio_publications_state", "studio_publications", ["state"])
    op.create_table(
        "studio_locks",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(36), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_studio_locks"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("studio_locks")
    op.drop_table("studio_publications")
    op.drop_table("studio_drafts")
