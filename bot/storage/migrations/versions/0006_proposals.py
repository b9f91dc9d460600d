"""What staff want the bot to learn."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("service", sa.String(80)),
        sa.Column("answered", sa.String(80)),
        sa.Column("title", sa.String(120)),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("author_id", sa.String(36), nullable=False),
        sa.Column("author_name", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("settled_by", sa.String(120)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_proposals_conversation_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_proposals_conversation_id", "proposals", ["conversation_id"])
    op.create_index("ix_proposals_state_at", "proposals", ["state", "at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("proposals")
