"""Citizens' sentences that editors have settled."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "settled_sentences",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("act", sa.String(8), nullable=False),
        sa.Column("service", sa.String(80)),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settled_sentences"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_settled_sentences_message_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("message_id", name="uq_settled_sentences_message_id"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("settled_sentences")
