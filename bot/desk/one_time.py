"""Random secrets: sessions and links that work once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.storage.account_tables import account_links

SETUP_GOOD_FOR = timedelta(hours=24)
INVITE_GOOD_FOR = timedelta(days=7)
_TOKEN_BYTES = 32
_ROW = account_links.c


def new_token() -> str:
    """256 random bits, fit for a cookie or an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is kept of a token. A fast hash is enough, as 256 random bits can't be guessed."""
    return sha256(token.encode()).hexdigest()


def add_link(connection: Connection, account_id: str | None, good_for: timedelta) -> str:
    """A link for the account, or for the first administrator (None). Voids those made before. Returns its token."""
    token = new_token()
    connection.execute(delete(account_links).where(_ROW.account_id == account_id))
    row = {"token_hash": hash_token(token), "account_id": account_id, "expires_at": clock.now() + good_for}
    connection.execute(insert(account_links).values(row))
    return token


def find_link(connection: Connection, token: str) -> Row | None:
    """The link's row, or None when it is unknown, used or too old."""
    good = (_ROW.token_hash == hash_token(token)) & (_ROW.expires_at > clock.now())
    return connection.execute(select(account_links).where(good)).one_or_none()


def use_link(connection: Connection, token: str) -> Row | None:
    """As `find_link`, and the link works no more. Of two that use it at once, one gets None."""
    link = find_link(connection, token)
    used = connection.execute(delete(account_links).where(_ROW.token_hash == hash_token(token))).rowcount
    return link if used else None
