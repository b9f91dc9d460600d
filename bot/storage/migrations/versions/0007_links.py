"""What was seen of links and the municipality's own pages; notices and settings of the chat."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "link_checks",
        sa.Column("address", sa.String(700), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("hops", sa.JSON, nullable=False),
        sa.Column("proposed", sa.Text),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("checked_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", _TIME),
        sa.Column("dead", sa.Boolean, nullable=False),
        sa.Column("dismissed", sa.Text),
        sa.PrimaryKeyConstraint("address", name="pk_link_checks"),
    )
    op.create_index("ix_link_checks_dead", "link_checks", ["dead"])
    op.create_table(
        "web_rounds",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("job", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.String(120)),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.Column("alive_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("outcome", sa.String(12)),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_web_rounds"),
    )
    op.create_index("ix_web_rounds_job_begun_at", "web_rounds", ["job", "begun_at"])
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_web_rounds_running", "web_rounds", ["job"], unique=True, sqlite_where=running, postgresql_where=running
    )
    op.create_table(
        "pages",
        sa.Column("address", sa.String(700), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("modified", sa.String(40), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("read_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("removed_at", _TIME),
        sa.PrimaryKeyConstraint("address", name="pk_pages"),
    )
    op.create_table(
        "notices",
        sa.Column("version", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("text_english", sa.String(300), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("begins_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.Column("author_id", sa.String(36), nullable=False),
        sa.Column("author_name", sa.String(120), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_notices"),
    )
    op.create_index("ix_notices_id", "notices", ["id"])
    op.create_index("ix_notices_ends_at", "notices", ["ends_at"])
    op.create_table(
        "chat_settings",
        sa.Column("version", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("author_id", sa.String(36), nullable=False),
        sa.Column("author_name", sa.String(120), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_chat_settings"),
    )


def downgrade() -> None:
    """Back."""
    for table in ("chat_settings", "notices", "pages", "web_rounds", "link_checks"):
        op.drop_table(table)
