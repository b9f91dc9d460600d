"""Who is logged in: a random token in the browser, its hash in SQL."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from bot import clock
from bot.desk.accounts import STAFF_COLUMNS, staff_of
from bot.desk.one_time import hash_token, new_token
from bot.desk.permission import Staff
from bot.storage.account_tables import accounts, login_sessions
from bot.storage.database import Database

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=10)
"""A working day; then everyone logs in again."""
_SEEN_EVERY = timedelta(minutes=1)
"""The last use is written down no more often than this: most requests then only read."""
_ROW = login_sessions.c


class LoginSessions:
    """Begins, finds and ends sessions. Every method raises StorageDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, account_id: str, id_token: str | None = None) -> str:
        """A new session. Returns its token, which is kept nowhere on the server."""
        token = new_token()
        moment = clock.now()
        row = {
            "token_hash": hash_token(token),
            "account_id": account_id,
            "begun_at": moment,
            "seen_at": moment,
            "id_token": id_token,
        }

        def write(connection: Connection) -> None:
            connection.execute(delete(login_sessions).where(_ROW.begun_at < moment - ABSOLUTE))
            connection.execute(insert(login_sessions).values(row))
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(last_login_at=moment))

        await self._database.write(write)
        return token

    async def find(self, token: str) -> Staff | None:
        """Who the token belongs to, as they are now; None when it is unknown, ended or too old."""
        key, moment = hash_token(token), clock.now()
        wanted = (
            select(_ROW.seen_at, *STAFF_COLUMNS)
            .join(accounts, accounts.c.id == _ROW.account_id)
            .where(
                _ROW.token_hash == key,
                _ROW.seen_at > moment - IDLE,
                _ROW.begun_at > moment - ABSOLUTE,
                accounts.c.active,
            )
        )
        row = await self._database.read(lambda connection: connection.execute(wanted).one_or_none())
        if row is None:
            return None
        if row.seen_at < moment - _SEEN_EVERY:
            seen = update(login_sessions).where(_ROW.token_hash == key).values(seen_at=moment)
            await self._database.write(lambda connection: connection.execute(seen))
        return staff_of(row)

    async def end(self, token: str) -> str | None:
        """Log out. Returns the provider's ID token if the session came from single sign-on."""
        same = _ROW.token_hash == hash_token(token)

        def write(connection: Connection) -> str | None:
            id_token: str | None = connection.execute(select(_ROW.id_token).where(same)).scalar_one_or_none()
            connection.execute(delete(login_sessions).where(same))
            return id_token

        return await self._database.write(write)
