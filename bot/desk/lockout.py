"""Too many wrong passwords lock an e-mail address for a while, whether it has an account or not."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from bot import clock
from bot.storage.account_tables import wrong_passwords
from bot.storage.database import Database

MOST_WRONG = 5
WINDOW = timedelta(minutes=15)
_ROW = wrong_passwords.c


class Lockout:
    """Counts attempts in SQL, so that all workers count together. Every method raises StorageDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def attempt(self, login: str) -> bool:
        """Count an attempt as wrong, before the password is looked at: guesses sent at once are all counted.

        Returns whether the password may be looked at.
        """
        key, moment = _hash(login), clock.now()

        def count(connection: Connection) -> bool:
            connection.execute(delete(wrong_passwords).where(_ROW.since < moment - WINDOW))
            wanted = select(_ROW.count).where(_ROW.login_hash == key).with_for_update()
            so_far = connection.execute(wanted).scalar_one_or_none()
            if so_far is None:
                connection.execute(insert(wrong_passwords).values(login_hash=key, count=1, since=moment))
            elif so_far < MOST_WRONG:
                connection.execute(
                    update(wrong_passwords).where(_ROW.login_hash == key).values(count=so_far + 1, since=moment)
                )
            return so_far is None or so_far < MOST_WRONG

        return await self._database.write(count)

    async def forget(self, login: str) -> None:
        """The password was right."""
        same = _ROW.login_hash == _hash(login)
        await self._database.write(lambda connection: connection.execute(delete(wrong_passwords).where(same)))


def _hash(login: str) -> str:
    return sha256(login.encode()).hexdigest()
