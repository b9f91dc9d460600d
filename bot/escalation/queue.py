"""The durable queue: who waits, who answers. Each step is one transaction, so that two clicks at once have one winner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, case, func, insert, or_, select, true, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot import clock
from bot.escalation.ticket import Taken, Ticket
from bot.storage.database import Database
from bot.storage.escalation_tables import OPEN, tickets
from bot.storage.models import conversations, messages

_T = tickets.c


class Queue:
    """Reads and writes tickets. Every method raises StorageDown when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # The citizen ----------------------------------------------------------------------------------------------------

    async def enqueue(
        self, conversation_id: str, reason: str, service: str | None = None, department: str | None = None
    ) -> Ticket:
        """Begin to wait. A conversation that waits or is with a human already keeps its ticket."""

        def work(connection: Connection) -> Ticket:
            _hold(connection, conversation_id)
            held = _open_of(connection, conversation_id)
            if held:
                return held
            ticket_id = str(uuid4())
            connection.execute(
                insert(tickets).values(
                    id=ticket_id,
                    conversation_id=conversation_id,
                    state="queued",
                    reason=reason,
                    service=service,
                    department=department,
                    waiting_since=clock.now(),
                    read_seq=0,
                )
            )
            _set_state(connection, conversation_id, "queued", reason=reason, subject=service)
            return _the(connection, ticket_id)

        return await self._database.write(work)

    async def cancel(self, conversation_id: str) -> Ticket | None:
        """The citizen goes back to the bot. Returns the ticket that ends, None when there is none."""

        def work(connection: Connection) -> Ticket | None:
            _hold(connection, conversation_id)
            held = _open_of(connection, conversation_id)
            if held is None:
                return None
            return _end(connection, held, "cancelled", "bot")

        return await self._database.write(work)

    async def place(self, conversation_id: str) -> int | None:
        """Place in line, 1 for the next; None when the conversation isn't waiting."""

        def work(connection: Connection) -> int | None:
            since = connection.execute(
                select(_T.waiting_since).where(_T.conversation_id == conversation_id, _T.state == "queued")
            ).scalar()
            if since is None:
                return None
            before = select(func.count()).where(_T.state == "queued", _T.waiting_since < since)
            return int(connection.execute(before).scalar_one()) + 1

        return await self._database.read(work)

    async def open_of(self, conversation_id: str) -> Ticket | None:
        """The ticket that waits or is with a human."""
        return await self._database.read(lambda connection: _open_of(connection, conversation_id))

    async def waiting(self) -> list[str]:
        """Ids of the conversations in line, next first."""
        asked = select(_T.conversation_id).where(_T.state == "queued").order_by(_T.waiting_since)
        return await self._database.read(lambda connection: list(connection.execute(asked).scalars()))

    # Staff ----------------------------------------------------------------------------------------------------------

    async def claim(self, ticket_id: str, staff_id: str, name: str) -> Ticket:
        """Take a waiting chat. Again by its owner changes nothing. Raises Taken, KeyError."""

        def work(connection: Connection) -> Ticket:
            won = connection.execute(
                update(tickets)
                .where(_T.id == ticket_id, _T.state == "queued")
                .values(state="human", owner_id=staff_id, owner_name=name, claimed_at=clock.now())
            ).rowcount
            ticket = _the(connection, ticket_id)
            if won:
                _set_state(connection, ticket.conversation_id, "human")
            elif ticket.state != "human" or ticket.owner_id != staff_id:
                raise Taken(ticket.owner_name if ticket.state == "human" else None)
            return ticket

        return await self._database.write(work)

    async def transfer(
        self,
        ticket_id: str,
        *,
        department: str | None = None,
        staff_id: str | None = None,
        name: str | None = None,
    ) -> Ticket:
        """Give an open chat to a colleague, who has it at once, or to a department, where it waits with its old place.

        Raises Taken when the chat has ended, KeyError.
        """

        def work(connection: Connection) -> Ticket:
            ticket = self._still_open(connection, ticket_id)
            values: dict[str, Any] = {"owner_id": staff_id, "owner_name": name}
            values |= {"state": "human", "claimed_at": clock.now()} if staff_id else {"state": "queued"}
            values |= {"department": department} if department else {}
            connection.execute(update(tickets).where(_T.id == ticket_id).values(**values))
            _set_state(connection, ticket.conversation_id, values["state"])
            return _the(connection, ticket_id)

        return await self._database.write(work)

    async def hand_back(self, ticket_id: str) -> Ticket:
        """The bot answers again. Raises Taken when the chat has ended, KeyError."""
        return await self._ending(ticket_id, "returned", "bot")

    async def close(self, ticket_id: str, outcome: str) -> Ticket:
        """End the chat with one of OUTCOMES. Raises Taken when it has ended already, KeyError."""
        return await self._ending(ticket_id, "closed", "closed", outcome)

    async def reopen(self, ticket_id: str, staff_id: str, name: str) -> Ticket:
        """Take an ended chat up again, unless it waits anew or someone has it. Raises Taken, KeyError."""

        def work(connection: Connection) -> Ticket:
            ticket = _the(connection, ticket_id)
            _hold(connection, ticket.conversation_id)
            held = _open_of(connection, ticket.conversation_id)
            if held:
                raise Taken(held.owner_name)
            connection.execute(
                update(tickets)
                .where(_T.id == ticket_id)
                .values(state="human", owner_id=staff_id, owner_name=name, closed_at=None, outcome=None)
            )
            _set_state(connection, ticket.conversation_id, "human")
            return _the(connection, ticket_id)

        return await self._database.write(work)

    async def replied(self, ticket_id: str) -> None:
        """Remember the time of the first answer by a human."""
        act = update(tickets).where(_T.id == ticket_id, _T.first_reply_at.is_(None))
        await self._database.write(lambda connection: connection.execute(act.values(first_reply_at=clock.now())))

    async def seen(self, ticket_id: str, seq: int) -> None:
        """A human has seen the conversation up to `seq`."""
        act = update(tickets).where(_T.id == ticket_id, _T.read_seq < seq).values(read_seq=seq)
        await self._database.write(lambda connection: connection.execute(act))

    async def ticket(self, ticket_id: str) -> Ticket | None:
        """One ticket."""
        return await self._database.read(lambda connection: _one(connection, _T.id == ticket_id))

    async def tickets(
        self,
        *,
        view: str,
        staff_id: str | None = None,
        department: str | None = None,
        reason: str | None = None,
        search: str = "",
        limit: int = 100,
        offset: int = 0,
    ) -> list[Ticket]:
        """A page of one of VIEWS: waiting and open ones longest first, closed ones newest first.

        Args:
            search: words that stand in the masked transcript, or the conversation's code.
        """
        asked = _tickets().where(*_filters(view, staff_id, department, reason, search)).limit(limit).offset(offset)
        order = _T.closed_at.desc() if view == "closed" else _T.waiting_since
        return await self._database.read(
            lambda connection: [Ticket(**row._mapping) for row in connection.execute(asked.order_by(order))]
        )

    async def counts(self, staff_id: str, department: str | None = None) -> dict[str, int]:
        """How many tickets each view but `closed` holds."""

        def work(connection: Connection) -> dict[str, int]:
            mine = and_(_T.state == "human", _T.owner_id == staff_id)
            asked = select(
                func.coalesce(func.sum(case((_T.state == "queued", 1), else_=0)), 0).label("waiting"),
                func.coalesce(func.sum(case((mine, 1), else_=0)), 0).label("mine"),
                func.count().label("all_open"),
            ).where(_T.state.in_(OPEN), _T.department == department if department else true())
            return dict(connection.execute(asked).one()._mapping)

        return await self._database.read(work)

    async def _ending(self, ticket_id: str, state: str, conversation_state: str, outcome: str | None = None) -> Ticket:
        def work(connection: Connection) -> Ticket:
            return _end(connection, self._still_open(connection, ticket_id), state, conversation_state, outcome)

        return await self._database.write(work)

    @staticmethod
    def _still_open(connection: Connection, ticket_id: str) -> Ticket:
        _hold(connection, _the(connection, ticket_id).conversation_id)
        ticket = _the(connection, ticket_id)
        if ticket.state not in OPEN:
            raise Taken(None)
        return ticket


def _hold(connection: Connection, conversation_id: str) -> None:
    """Keep other writers of the conversation waiting till the transaction ends."""
    connection.execute(select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update())


def _set_state(connection: Connection, conversation_id: str, state: str, **values: Any) -> None:
    act = update(conversations).where(conversations.c.id == conversation_id)
    connection.execute(act.values(state=state, **values))


def _end(
    connection: Connection, ticket: Ticket, state: str, conversation_state: str, outcome: str | None = None
) -> Ticket:
    values = {"state": state, "closed_at": clock.now(), "outcome": outcome}
    connection.execute(update(tickets).where(_T.id == ticket.id).values(**values))
    _set_state(connection, ticket.conversation_id, conversation_state)
    return _the(connection, ticket.id)


def _filters(view: str, staff_id: str | None, department: str | None, reason: str | None, search: str) -> list[Any]:
    views: dict[str, Callable[[], Any]] = {
        "waiting": lambda: _T.state == "queued",
        "mine": lambda: and_(_T.state == "human", _T.owner_id == staff_id),
        "all_open": lambda: _T.state.in_(OPEN),
        "closed": lambda: _T.state.not_in(OPEN),
    }
    conditions = [views[view]()]
    if department:
        conditions.append(_T.department == department)
    if reason:
        conditions.append(_T.reason == reason)
    for word in search.split():
        said = select(messages.c.conversation_id).where(messages.c.text.ilike(_containing(word), escape="\\"))
        coded = conversations.c.code == word.upper()
        conditions.append(or_(coded, _T.conversation_id.in_(said)))
    return conditions


def _containing(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _tickets() -> Select:
    citizen = and_(messages.c.conversation_id == _T.conversation_id, messages.c.author == "citizen")
    columns = [_T[name] for name in Ticket.__dataclass_fields__ if name in _T]
    # A pressed button, most often «Tal med et menneske», tells nobody what it is about.
    typed = messages.c.meta["payload"].as_string().is_(None)
    last = select(messages.c.text).where(citizen, typed).order_by(messages.c.seq.desc()).limit(1).scalar_subquery()
    unread = select(func.count()).where(citizen, messages.c.seq > _T.read_seq).scalar_subquery()
    warned = select(messages.c.id).where(
        messages.c.conversation_id == _T.conversation_id, messages.c.meta["emergency"].as_string().is_not(None)
    )
    return select(
        *columns,
        conversations.c.code,
        func.coalesce(last, "").label("last_text"),
        unread.label("unread"),
        warned.exists().label("danger"),
    ).join(conversations, conversations.c.id == _T.conversation_id)


def _one(connection: Connection, *conditions: Any) -> Ticket | None:
    row = connection.execute(_tickets().where(*conditions)).one_or_none()
    return Ticket(**row._mapping) if row else None


def _open_of(connection: Connection, conversation_id: str) -> Ticket | None:
    return _one(connection, _T.conversation_id == conversation_id, _T.state.in_(OPEN))


def _the(connection: Connection, ticket_id: str) -> Ticket:
    ticket = _one(connection, _T.id == ticket_id)
    if ticket is None:
        raise KeyError(ticket_id)
    return ticket
