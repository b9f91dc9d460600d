"""Conversations as they may lie in the database, written straight into the tables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, insert
from sqlalchemy.engine import Connection

from bot.conversation.transcript import code_of
from bot.storage.database import Database
from bot.storage.escalation_tables import tickets
from bot.storage.models import conversations, feedback, messages

Said = tuple[str, dict[str, Any]]
"""Author and meta of a message."""


def answer(service: str) -> Said:
    return "bot", {"decision": "answer", "service": service, "confidence": 0.9, "escalate": None}


CITIZEN: Said = ("citizen", {})
GREETING: Said = ("bot", {})
SEARCH: Said = ("bot", {"decision": "search", "found": []})
UNKNOWN: Said = ("bot", {"decision": "unknown", "found": []})
OFF_TOPIC: Said = ("bot", {"decision": "smalltalk", "intent": "uden_for_emne"})
THANKS: Said = ("bot", {"decision": "smalltalk", "intent": "tak"})
HUMAN: Said = ("human", {})
LEFT: Said = ("system", {"decision": "contact", "service": None})


class Talks:
    """Rows of many conversations, written together."""

    def __init__(self) -> None:
        self.rows: dict[Table, list[dict[str, Any]]] = {}

    def add(
        self,
        begun_at: datetime,
        said: Sequence[Said],
        *,
        conversation_id: str | None = None,
        thumbs: Sequence[tuple[int, str]] = (),
        ticket: dict[str, Any] | None = None,
    ) -> str:
        """A conversation with a message every twenty seconds.

        Args:
            begun_at: when.
            said: its messages.
            conversation_id: its id, if it matters.
            thumbs: index in `said`, and up or down, in the order given.
            ticket: columns of its ticket; times may be seconds after `begun_at`.
        """
        own = conversation_id or str(uuid4())
        at = [begun_at + timedelta(seconds=20 * number) for number in range(len(said))]
        self._row(
            conversations,
            id=own,
            code=code_of(own),
            state="bot",
            created_at=begun_at,
            last_at=at[-1] if at else begun_at,
        )
        ids = [str(uuid4()) for _ in said]
        for number, (author, meta) in enumerate(said):
            self._row(
                messages,
                id=ids[number], conversation_id=own, seq=number + 1, author=author, text="…", links=[], buttons=[],
                meta=meta, awaits_reply=False, at=at[number],
            )  # fmt: skip
        for number, (index, value) in enumerate(thumbs):
            given = begun_at + timedelta(hours=1, seconds=number)
            self._row(feedback, id=str(uuid4()), message_id=ids[index], value=value, at=given)
        if ticket is not None:
            self._row(tickets, **_ticket(own, begun_at, ticket))
        return own

    async def write(self, database: Database) -> None:
        """Put all into the tables."""

        def work(connection: Connection) -> None:
            for table, rows in self.rows.items():
                connection.execute(insert(table), rows)

        await database.write(work)

    def _row(self, table: Table, **values: Any) -> None:
        self.rows.setdefault(table, []).append(values)


def _ticket(conversation_id: str, begun_at: datetime, given: dict[str, Any]) -> dict[str, Any]:
    columns = {
        "id": str(uuid4()), "conversation_id": conversation_id, "state": "closed", "reason": "asked", "waiting_since": 0,
        "claimed_at": None, "first_reply_at": None, "closed_at": None, "owner_name": None, "outcome": None,
        "service": None, "department": None, "read_seq": 0,
    } | given  # fmt: skip
    for name in ("waiting_since", "claimed_at", "first_reply_at", "closed_at"):
        if columns[name] is not None:
            columns[name] = begun_at + timedelta(seconds=columns[name])
    return columns


REASONS = ("asked", "frustration", "two_misses", "personal_case", "editor_marked")


def lifelike(last: datetime, weeks: int, number: int, services: Sequence[str], seed: int = 7) -> Talks:
    """`number` conversations in the `weeks` before `last`: more on weekdays, few subjects much asked for, staff on workdays."""
    dice = random.Random(seed)
    ids = (str(UUID(int=dice.getrandbits(128), version=4)) for _ in count())
    weights = [1 / (place + 2) for place in range(len(services))]
    talks = Talks()
    for begun_at in sorted(_moments(dice, last, weeks, number)):
        service = dice.choices(services, weights)[0]
        said = [GREETING, *_exchange(dice, service)]
        thumbs = []
        if dice.random() < 0.22:
            index = next((n for n, (_, meta) in enumerate(said) if meta.get("decision") == "answer"), None)
            thumbs = [(index, "up" if dice.random() < 0.8 else "down")] if index else []
        ticket = None
        if dice.random() < 0.11:
            if begun_at.weekday() < 5:
                waited = int(dice.lognormvariate(4.4, 0.8))
                claimed = waited - min(10, waited)
                times = {"claimed_at": claimed, "first_reply_at": waited}
                times["closed_at"] = waited + int(dice.lognormvariate(6, 0.6))
                ticket = {"reason": dice.choice(REASONS), "outcome": "solved", "owner_name": "Mette", **times}
                if dice.random() < 0.12:
                    ticket = {"reason": "asked", "state": "cancelled"}
                said += [HUMAN, CITIZEN, HUMAN]
            else:
                said += [LEFT]
        talks.add(begun_at, said, conversation_id=next(ids), thumbs=thumbs, ticket=ticket)
    return talks


def _moments(dice: random.Random, last: datetime, weeks: int, number: int) -> Iterator[datetime]:
    made = 0
    while made < number:
        days = dice.random() ** 1.15 * weeks * 7
        moment = (last - timedelta(days=days)).replace(hour=int(dice.triangular(6, 21, 10)), minute=dice.randrange(60))
        if moment < last and (moment.weekday() < 5 or dice.random() < 0.35):
            made += 1
            yield moment


def _exchange(dice: random.Random, service: str) -> Iterator[Said]:
    for _ in range(dice.randint(1, 4)):
        yield CITIZEN
        yield dice.choices([answer(service), SEARCH, UNKNOWN, OFF_TOPIC, THANKS], [70, 7, 2, 5, 16])[0]
