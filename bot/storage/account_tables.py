"""Tables of the desk's people: accounts, sessions, one-time links, wrong passwords, and the log of what was done."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from bot.storage.models import UtcTime, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(36), primary_key=True),
    # The e-mail in lower case; only those who log in here have one, not those who come by single sign-on.
    Column("login", String(254), unique=True),
    Column("issuer", String(300)),
    Column("subject", String(255)),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=False),
    Column("password_hash", String(200)),
    Column("roles", JSON, nullable=False),
    Column("department", String(80)),
    Column("presence", String(12), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_login_at", UtcTime),
    UniqueConstraint("issuer", "subject"),
)

login_sessions = Table(
    "login_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("begun_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    # What the single sign-on provider asks for to end its own session too.
    Column("id_token", Text),
)

account_links = Table(
    "account_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    # Without an account: the link that makes the first administrator.
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("expires_at", UtcTime, nullable=False),
)

wrong_passwords = Table(
    "wrong_passwords",
    metadata,
    # Of what was written as e-mail, known or not, as it may be a citizen's or a password typed in the wrong field.
    Column("login_hash", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", UtcTime, nullable=False, index=True),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False, index=True),
    # No foreign keys: the log outlives the account and the conversation it tells of.
    Column("account_id", String(36), index=True),
    Column("name", String(120), nullable=False),
    Column("act", String(40), nullable=False, index=True),
    Column("conversation_id", String(36)),
    Column("code", String(8), index=True),
    Column("detail", JSON, nullable=False),
)
