"""Messages left for staff when nobody can answer at once. Name, contact and text are encrypted; only `read` opens them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.conversation.mask import mask
from bot.conversation.transcript import code_of
from bot.escalation.hours import StaffedHours
from bot.escalation.reach import Reach
from bot.escalation.seal import Seal
from bot.storage.contact_tables import contact_messages
from bot.storage.database import Database

MAX_NAME = 100
MAX_TEXT = 2000
"""Characters."""
HOWS = ("phone", "email", "digital_post", "not_reached")
"""How a message was answered."""
_MASKED = ("cpr", "card", "account")
"""A telephone number or an address in the text may be whom to ring; the others nobody needs here."""
_ROW = contact_messages.c


class NoStaff(Exception):
    """There is no opening day ahead, so no answer can be promised."""


@dataclass(frozen=True)
class Left:
    """A message that was kept, and when it will be answered at the latest."""

    id: str
    due_at: datetime


@dataclass(frozen=True)
class ContactMessage:
    """What staff see of a message before they open it."""

    id: str
    conversation_id: str
    department: str | None
    service: str | None
    left_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answered_name: str | None
    how: str | None

    @property
    def code(self) -> str:
        """The conversation's code."""
        return code_of(self.conversation_id)

    @property
    def overdue(self) -> bool:
        """Whether the promise has been broken."""
        return self.answered_at is None and self.due_at < clock.now()


@dataclass(frozen=True)
class Words:
    """What a message says. `note` is what staff wrote when they answered it."""

    name: str
    reach: Reach
    text: str
    note: str


class Contacts:
    """Keeps messages, and that they were answered. Every method raises StorageDown."""

    def __init__(self, database: Database, seal: Seal, hours: StaffedHours) -> None:
        self._database = database
        self._seal = seal
        self._hours = hours

    async def leave(
        self,
        conversation_id: str,
        name: str,
        reach: Reach,
        text: str,
        department: str | None,
        service: str | None,
        client_id: str,
    ) -> Left:
        """Keep a message, once for each `client_id`. Raises NoStaff.

        Args:
            conversation_id: of a conversation that is kept.
            name: at most MAX_NAME characters.
            reach: telephone number or e-mail.
            text: at most MAX_TEXT characters.
            department: key of the municipality's department the subject belongs to.
            service: id of the conversation's subject.
            client_id: made by the widget.
        """
        moment = clock.now()
        due_at = self._hours.answer_by(moment)
        if due_at is None:
            raise NoStaff
        sealed = self._seal.close(
            {
                "name": mask(name, only=_MASKED).text,
                "kind": reach.kind,
                "contact": reach.value,
                "text": mask(text, only=_MASKED).text,
            }
        )

        def work(connection: Connection) -> Left:
            known = connection.execute(
                select(_ROW.id, _ROW.due_at).where(_ROW.conversation_id == conversation_id, _ROW.client_id == client_id)
            ).one_or_none()
            if known:
                return Left(*known)
            left = Left(str(uuid4()), due_at)
            connection.execute(
                insert(contact_messages).values(
                    id=left.id,
                    conversation_id=conversation_id,
                    client_id=client_id,
                    department=department,
                    service=service,
                    sealed=sealed,
                    left_at=moment,
                    due_at=due_at,
                )
            )
            return left

        return await self._database.write(work)

    async def open_list(self) -> list[ContactMessage]:
        """Those not answered, the one due first at the top."""
        return await self._list(_ROW.answered_at.is_(None), _ROW.due_at)

    async def overdue(self) -> int:
        """How many should have been answered by now."""
        late = select(func.count()).where(_ROW.answered_at.is_(None), _ROW.due_at < clock.now())
        return await self._database.read(lambda connection: connection.execute(late).scalar_one())

    async def answered_list(self, most: int = 100) -> list[ContactMessage]:
        """The last `most` answered, the newest at the top."""
        return await self._list(_ROW.answered_at.is_not(None), _ROW.answered_at.desc(), most)

    async def get(self, message_id: str) -> ContactMessage | None:
        """The message without its words."""
        found = await self._list(_ROW.id == message_id, _ROW.id)
        return found[0] if found else None

    async def read(self, message_id: str) -> Words:
        """The message's words, for a page of the desk, which notes that they were read. Raises KeyError and Unreadable."""
        wanted = select(_ROW.sealed, _ROW.sealed_note).where(_ROW.id == message_id)
        row = await self._database.read(lambda connection: connection.execute(wanted).one_or_none())
        if row is None:
            raise KeyError(message_id)
        return self.opened(row)

    def opened(self, row: Row) -> Words:
        """The words in a row with `sealed` and `sealed_note`. Raises Unreadable."""
        words = self._seal.open(row.sealed)
        note = self._seal.open(row.sealed_note)["note"] if row.sealed_note else ""
        return Words(words["name"], Reach(words["kind"], words["contact"]), words["text"], note)

    async def answer(self, message_id: str, staff_id: str, staff_name: str, how: str, note: str = "") -> bool:
        """Keep that it was answered, one of HOWS. Returns False when someone had already done so."""
        answered = {
            "answered_at": clock.now(),
            "answered_by": staff_id,
            "answered_name": staff_name,
            "how": how,
            "sealed_note": self._seal.close({"note": mask(note, only=_MASKED).text}) if note else None,
        }
        act = update(contact_messages).where(_ROW.id == message_id, _ROW.answered_at.is_(None)).values(answered)
        return await self._database.write(lambda connection: connection.execute(act).rowcount == 1)

    async def renew_seals(self) -> int:
        """Encrypt with the newest key what is not yet. Returns how many rows. Raises Unreadable."""

        def work(connection: Connection) -> int:
            renewed = 0
            for row in connection.execute(select(_ROW.id, _ROW.sealed, _ROW.sealed_note)).all():
                fresh = {
                    column: token
                    for column in ("sealed", "sealed_note")
                    if row[column] and (token := self._seal.renewed(row[column]))
                }
                if fresh:
                    connection.execute(update(contact_messages).where(_ROW.id == row.id).values(fresh))
                    renewed += 1
            return renewed

        return await self._database.write(work)

    async def _list(self, condition: Any, order: Any, most: int | None = None) -> list[ContactMessage]:
        columns = [_ROW[name] for name in ContactMessage.__dataclass_fields__]
        wanted = select(*columns).where(condition).order_by(order).limit(most)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [ContactMessage(**row._mapping) for row in rows]
