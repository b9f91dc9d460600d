"""What staff want the bot to learn from a conversation. Editors decide what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, insert, select, update
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.storage.database import Database
from bot.storage.models import messages
from bot.storage.proposal_tables import proposals

KINDS = ("phrasing", "wrong_answer", "new_subject")
"""A sentence that means a service; one that the bot answered with the wrong service; one that no service fits."""
STATES = ("open", "accepted", "rejected")
_P = proposals.c


@dataclass(frozen=True)
class Proposal:
    """A citizen's masked sentence (`text`, message `seq` of the conversation) and what it should lead to.

    `service` is the right one, None for a new subject, whose name `title` then proposes. `answered` is the service the bot
    gave instead, if any. `state` is one of STATES.
    """

    id: str
    kind: str
    text: str
    service: str | None
    answered: str | None
    title: str | None
    conversation_id: str
    seq: int
    author_name: str
    at: datetime
    state: str
    settled_by: str | None
    settled_at: datetime | None


class Proposals:
    """Reads and writes proposals. Every method raises StorageDown when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def propose(
        self,
        kind: str,
        conversation_id: str,
        seq: int,
        *,
        author_id: str,
        author_name: str,
        service: str | None = None,
        title: str | None = None,
    ) -> Proposal | None:
        """Keep a proposal of one of KINDS; the same again is kept once.

        Returns:
            The proposal, or None when `seq` is no message of the citizen.
        """

        def work(connection: Connection) -> Proposal | None:
            sentence = connection.execute(
                select(messages.c.text).where(
                    messages.c.conversation_id == conversation_id,
                    messages.c.seq == seq,
                    messages.c.author == "citizen",
                )
            ).scalar()
            if sentence is None:
                return None
            same = and_(
                _P.conversation_id == conversation_id,
                _P.seq == seq,
                _P.kind == kind,
                _P.service == service,
                _P.title == title,
            )
            row = connection.execute(select(proposals).where(same)).first()
            if row is None:
                connection.execute(
                    insert(proposals).values(
                        id=str(uuid4()),
                        kind=kind,
                        text=sentence,
                        service=service,
                        answered=_answered(connection, conversation_id, seq),
                        title=title,
                        conversation_id=conversation_id,
                        seq=seq,
                        author_id=author_id,
                        author_name=author_name,
                        at=clock.now(),
                        state="open",
                    )
                )
                row = connection.execute(select(proposals).where(same)).one()
            return _proposal(row)

        return await self._database.write(work)

    async def of(self, conversation_id: str) -> list[Proposal]:
        """All proposals from one conversation, oldest first."""
        asked = select(proposals).where(_P.conversation_id == conversation_id).order_by(_P.at)
        return await self._database.read(lambda connection: [_proposal(row) for row in connection.execute(asked)])

    async def listed(self, state: str = "open", limit: int = 100, offset: int = 0) -> list[Proposal]:
        """A page of the proposals in one of STATES, oldest first."""
        asked = select(proposals).where(_P.state == state).order_by(_P.at, _P.id).limit(limit).offset(offset)
        return await self._database.read(lambda connection: [_proposal(row) for row in connection.execute(asked)])

    async def settle(self, proposal_id: str, state: str, settled_by: str) -> bool:
        """Accept or reject an open proposal. Returns whether it was still open."""
        act = (
            update(proposals)
            .where(_P.id == proposal_id, _P.state == "open")
            .values(state=state, settled_by=settled_by, settled_at=clock.now())
        )
        return bool(await self._database.write(lambda connection: connection.execute(act).rowcount))


def _answered(connection: Connection, conversation_id: str, seq: int) -> str | None:
    """The service of the bot's answer to message `seq`."""
    service: str | None = connection.execute(
        select(messages.c.meta["service"].as_string())
        .where(messages.c.conversation_id == conversation_id, messages.c.reply_to == seq, messages.c.author == "bot")
        .order_by(messages.c.seq)
        .limit(1)
    ).scalar()
    return service


def _proposal(row: Row) -> Proposal:
    return Proposal(**{name: row._mapping[name] for name in Proposal.__dataclass_fields__})
