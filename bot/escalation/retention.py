"""What is deleted when. `python -m bot.escalation.retention` does it now."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, delete, func, insert, not_, select, update
from sqlalchemy.engine import Connection

from bot import clock
from bot.catalogue.municipality import load_municipality
from bot.escalation.contact import Contacts
from bot.escalation.deletion import RASA_EVENTS, Deleted, delete_conversations, delete_events, someone_waits
from bot.escalation.hours import LOCAL, StaffedHours, local_day
from bot.escalation.seal import Seal, Unreadable
from bot.settings import Settings
from bot.storage.contact_tables import contact_messages
from bot.storage.database import Database, StorageDown
from bot.storage.models import conversations
from bot.storage.retention_tables import purges

logger = logging.getLogger(__name__)

BATCH = 200
"""Conversations deleted in one transaction, so that citizens' own writing never waits long."""
_LOOK_EVERY = timedelta(minutes=30)
_NOT_BEFORE_HOUR = 3
"""Local time; nobody is at work."""
_GIVEN_UP_AFTER = timedelta(hours=1)
"""A purge that did not end in this time was killed; another worker may take it up."""


@dataclass(frozen=True)
class Purge:
    """One day's purge; `report` is None until it has ended."""

    day: date
    begun_at: datetime
    ended_at: datetime | None
    report: Deleted | None


class Retention:
    """Deletes by rule. Every method raises StorageDown.

    Args:
        database: all of it.
        contacts: their encryption is renewed on the way.
        transcript_days: after a conversation's last message.
        contact_days: after a message for staff was answered.
    """

    def __init__(self, database: Database, contacts: Contacts, transcript_days: int, contact_days: int) -> None:
        self._database = database
        self._contacts = contacts
        self.transcript_days = transcript_days
        self.contact_days = contact_days

    async def keep(self) -> None:
        """Purge once a day, for as long as the server runs."""
        while True:
            try:
                await self.purge_if_due()
            except StorageDown:
                logger.error("purge put off: database down")
            except Exception:
                logger.exception("purge failed")
            await asyncio.sleep(_LOOK_EVERY.total_seconds())

    async def purge_if_due(self) -> Deleted | None:
        """Purge, unless it is too early in the day, or this or another worker has done it or is at it."""
        moment = clock.now()
        if moment.astimezone(LOCAL).hour < _NOT_BEFORE_HOUR:
            return None
        day = local_day(moment)
        if not await self._database.write(lambda connection: _take(connection, day, moment)):
            return None
        report = await self.purge()
        ended = update(purges).where(purges.c.day == day).values(ended_at=clock.now(), report=asdict(report))
        await self._database.write(lambda connection: connection.execute(ended))
        logger.info("purged", extra=asdict(report))
        return report

    async def purge(self) -> Deleted:
        """Delete all that is too old."""
        moment = clock.now()
        oldest = moment - timedelta(days=self.transcript_days)
        answered_before = moment - timedelta(days=self.contact_days)
        report = Deleted(contact_messages=await self._database.write(lambda c: _delete_answered(c, answered_before)))
        while True:
            batch = await self._database.write(lambda connection: _delete_batch(connection, oldest))
            report += batch
            if not batch.conversations:
                break
        report += await self._database.write(lambda connection: _leftovers(connection, oldest))
        try:
            await self._contacts.renew_seals()
        except Unreadable:
            logger.error("a message for staff can't be decrypted: is a key of ODDER_CONTACT_KEYS missing?")
        return report

    async def purges(self, most: int = 10) -> list[Purge]:
        """The last purges, newest first."""
        wanted = select(purges).order_by(purges.c.day.desc()).limit(most)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [
            Purge(row.day, row.begun_at, row.ended_at, Deleted(**row.report) if row.report else None) for row in rows
        ]


def _take(connection: Connection, day: date, moment: datetime) -> bool:
    """Whether this worker does the purge of `day`."""
    row = connection.execute(select(purges).where(purges.c.day == day)).one_or_none()
    if row is None:
        connection.execute(insert(purges).values(day=day, begun_at=moment))
        return True
    if row.ended_at or row.begun_at > moment - _GIVEN_UP_AFTER:
        return False
    again = update(purges).where(purges.c.day == day, purges.c.begun_at == row.begun_at).values(begun_at=moment)
    return connection.execute(again).rowcount == 1


def _delete_answered(connection: Connection, before: datetime) -> int:
    return connection.execute(delete(contact_messages).where(contact_messages.c.answered_at < before)).rowcount


def _delete_batch(connection: Connection, oldest: datetime) -> Deleted:
    old = select(conversations.c.id).where(conversations.c.last_at < oldest, not_(someone_waits())).limit(BATCH)
    return delete_conversations(connection, connection.execute(old.with_for_update()).scalars().all())


def _leftovers(connection: Connection, oldest: datetime) -> Deleted:
    """Events of conversations that are nowhere else, e.g. as the database was down for the gateway, and a count of what is kept."""
    unknown = RASA_EVENTS.c.sender_id.not_in(select(conversations.c.id))
    events = delete_events(connection, and_(RASA_EVENTS.c.timestamp < oldest.timestamp(), unknown))
    waiting = select(func.count()).select_from(conversations).where(conversations.c.last_at < oldest, someone_waits())
    return Deleted(engine_events=events, kept_open=connection.execute(waiting).scalar_one())


async def _main() -> None:
    settings = Settings()
    database = Database(settings.database)
    hours = StaffedHours(load_municipality(settings.municipality))
    contacts = Contacts(database, Seal.from_settings(settings), hours)
    report = await Retention(database, contacts, settings.retention_days, settings.contact_days).purge()
    database.close()
    for name, number in asdict(report).items():
        print(f"{name.replace('_', ' ')}: {number}")


if __name__ == "__main__":
    asyncio.run(_main())
