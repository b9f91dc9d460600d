"""Messages left for staff, daily figures, purges."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "contact_messages",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("department", sa.String(40)),
        sa.Column("service", sa.String(80)),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.String(36)),
        sa.Column("answered_name", sa.String(120)),
        sa.Column("how", sa.String(16)),
        sa.Column("sealed_note", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_contact_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_contact_messages_conversation_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("conversation_id", "client_id", name="uq_contact_messages_conversation_id_client_id"),
    )
    op.create_index("ix_contact_messages_answered_at_due_at", "contact_messages", ["answered_at", "due_at"])
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("figure", sa.String(20), nullable=False),
        sa.Column("part", sa.String(80), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "figure", "part", name="pk_daily_figures"),
    )
    op.create_table(
        "purges",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("report", sa.JSON),
        sa.PrimaryKeyConstraint("day", name="pk_purges"),
    )
    op.create_index("ix_conversations_created_at", "conversations", ["created_at"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_conversations_created_at", "conversations")
    for table in ("purges", "daily_figures", "contact_messages"):
        op.drop_table(table)
