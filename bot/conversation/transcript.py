"""What is kept of a conversation, in order, once. Text comes here masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.storage.database import Database
from bot.storage.models import conversations, feedback, messages

_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0/O, 1/I/L: a code is read aloud on the telephone."""


@dataclass(frozen=True)
class Draft:
    """A message not yet kept. `payload`, on a citizen's button press, is what the button means to the bot."""

    author: str
    text: str
    name: str | None = None
    links: Sequence[dict[str, str]] = ()
    buttons: Sequence[dict[str, str]] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    client_id: str | None = None


@dataclass(frozen=True)
class Message(Draft):
    """A message with its place in the conversation: `seq` from 1, `at` in UTC."""

    seq: int = 0
    at: datetime = field(default_factory=clock.now)
    reply_to: int | None = None
    awaits_reply: bool = False

    def public(self) -> dict[str, Any]:
        """The shape of the chat protocol; `meta` stays inside."""
        shown: dict[str, Any] = {
            "seq": self.seq,
            "author": self.author,
            "text": self.text,
            "links": list(self.links),
            "buttons": list(self.buttons),
            "at": clock.iso(self.at),
        }
        if self.name:
            shown["name"] = self.name
        if self.client_id:
            shown["client_id"] = self.client_id
        if self.meta.get("form"):
            shown["form"] = self.meta["form"]
        return shown


@dataclass(frozen=True)
class Conversation:
    """Who answers now (`state`: bot, queued, human, closed) and the code a citizen can read aloud."""

    id: str
    code: str
    state: str = "bot"
    reason: str | None = None
    language: str | None = None


def new_id() -> str:
    """A conversation id nobody can guess."""
    return str(uuid4())


def code_of(conversation_id: str) -> str:
    """Six letters and digits, e.g. `K7M-3QF`. Made from the id, so that it can be told even while nothing can be stored."""
    number = int.from_bytes(blake2b(conversation_id.encode(), digest_size=8).digest(), "big")
    letters = ""
    for _ in range(6):
        number, index = divmod(number, len(_CODE_LETTERS))
        letters += _CODE_LETTERS[index]
    return f"{letters[:3]}-{letters[3:]}"


class Transcript:
    """Reads and writes conversations. Every method raises StorageDown when the database can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, greeting: Sequence[Draft]) -> tuple[Conversation, list[Message]]:
        """A new conversation that opens with `greeting`."""
        return await self._database.write(lambda connection: _begin(connection, new_id(), greeting))

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation, or None when there is none with that id."""
        return await self._database.read(lambda connection: _conversation(connection, conversation_id))

    async def add_citizen(
        self, conversation_id: str, draft: Draft, floor: int = 0
    ) -> tuple[Conversation, Message, bool]:
        """Keep what the citizen wrote. A `client_id` seen before gives the message kept then.

        Args:
            conversation_id: made if it is missing (it was handed out while the database was down).
            draft: with `client_id`.
            floor: the highest `seq` the citizen has seen, kept or not.

        Returns:
            The conversation, the message, and whether it is new.
        """

        def add(connection: Connection) -> tuple[Conversation, Message, bool]:
            conversation = _locked(connection, conversation_id)
            known = _one(
                connection, messages.c.conversation_id == conversation_id, messages.c.client_id == draft.client_id
            )
            if known:
                return conversation, known, False
            return conversation, _append(connection, conversation_id, [draft], floor, awaits=True)[0], True

        return await self._database.write(add)

    async def add_replies(
        self, conversation_id: str, seq: int, drafts: Sequence[Draft], floor: int = 0, language: str | None = None
    ) -> list[Message]:
        """Keep the answers to message `seq` and the language they are in, once: a message already answered gives the answers kept then."""

        def add(connection: Connection) -> list[Message]:
            conversation = _locked(connection, conversation_id)
            if language and language != conversation.language:
                own = conversations.c.id == conversation_id
                connection.execute(update(conversations).where(own).values(language=language))
            owed = connection.execute(
                update(messages)
                .where(messages.c.conversation_id == conversation_id, messages.c.seq == seq, messages.c.awaits_reply)
                .values(awaits_reply=False)
            ).rowcount
            if not owed:
                return _many(connection, messages.c.conversation_id == conversation_id, messages.c.reply_to == seq)
            return _append(connection, conversation_id, drafts, floor, reply_to=seq)

        return await self._database.write(add)

    async def add(self, conversation_id: str, draft: Draft) -> tuple[Message, bool]:
        """Keep what nobody asked for: a human's words, a notice. A `client_id` seen before gives the message kept then.

        Returns:
            The message, and whether it is new.
        """

        def add(connection: Connection) -> tuple[Message, bool]:
            _locked(connection, conversation_id)
            if draft.client_id:
                same = messages.c.client_id == draft.client_id
                known = _one(connection, messages.c.conversation_id == conversation_id, same)
                if known:
                    return known, False
            return _append(connection, conversation_id, [draft])[0], True

        return await self._database.write(add)

    async def set_state(self, conversation_id: str, state: str) -> None:
        """Who answers now."""
        act = update(conversations).where(conversations.c.id == conversation_id).values(state=state)
        await self._database.write(lambda connection: connection.execute(act))

    async def replies(self, conversation_id: str, seq: int) -> list[Message]:
        """The answers to message `seq`."""
        return await self._database.read(
            lambda connection: _many(
                connection, messages.c.conversation_id == conversation_id, messages.c.reply_to == seq
            )
        )

    async def messages(self, conversation_id: str, after: int = 0) -> list[Message]:
        """Everything with a `seq` above `after`, in order."""
        return await self._database.read(
            lambda connection: _many(connection, messages.c.conversation_id == conversation_id, messages.c.seq > after)
        )

    async def last(self, conversation_id: str, most: int) -> list[Message]:
        """The last `most` messages, in order."""

        def read(connection: Connection) -> list[Message]:
            newest = (
                select(messages)
                .where(messages.c.conversation_id == conversation_id)
                .order_by(messages.c.seq.desc())
                .limit(most)
            )
            return [_message(row) for row in reversed(connection.execute(newest).all())]

        return await self._database.read(read)

    async def unanswered(self, conversation_id: str) -> list[Message]:
        """What the citizen wrote and nobody answered, e.g. because the process was killed."""
        return await self._database.read(
            lambda connection: _many(connection, messages.c.conversation_id == conversation_id, messages.c.awaits_reply)
        )

    async def rate(self, conversation_id: str, seq: int, value: str, comment: str | None) -> bool:
        """Keep a thumb ("up" or "down") and a masked comment on a bot or human message; again replaces.

        Returns:
            Whether there is such a message.
        """

        def rate(connection: Connection) -> bool:
            message_id = connection.execute(
                select(messages.c.id).where(
                    messages.c.conversation_id == conversation_id,
                    messages.c.seq == seq,
                    messages.c.author.in_(("bot", "human")),
                )
            ).scalar()
            if message_id is None:
                return False
            _locked(connection, conversation_id)
            given = {"value": value, "comment": comment, "at": clock.now()}
            again = update(feedback).where(feedback.c.message_id == message_id).values(**given)
            if not connection.execute(again).rowcount:
                connection.execute(insert(feedback).values(id=str(uuid4()), message_id=message_id, **given))
            return True

        return await self._database.write(rate)


def _begin(
    connection: Connection, conversation_id: str, greeting: Sequence[Draft]
) -> tuple[Conversation, list[Message]]:
    conversation = _insert_conversation(connection, conversation_id)
    return conversation, _append(connection, conversation_id, greeting)


def _insert_conversation(connection: Connection, conversation_id: str) -> Conversation:
    moment = clock.now()
    conversation = Conversation(conversation_id, code_of(conversation_id))
    connection.execute(
        insert(conversations).values(
            id=conversation.id, code=conversation.code, state=conversation.state, created_at=moment, last_at=moment
        )
    )
    return conversation


def _conversation(connection: Connection, conversation_id: str, lock: bool = False) -> Conversation | None:
    columns = conversations.c
    asked = select(columns.id, columns.code, columns.state, columns.reason, columns.language)
    asked = asked.where(columns.id == conversation_id)
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return Conversation(**row._mapping) if row else None


def _locked(connection: Connection, conversation_id: str) -> Conversation:
    """The conversation, held against other writers till the transaction ends, so that `seq` has no gaps or doubles."""
    return _conversation(connection, conversation_id, lock=True) or _insert_conversation(connection, conversation_id)


def _append(
    connection: Connection,
    conversation_id: str,
    drafts: Sequence[Draft],
    floor: int = 0,
    reply_to: int | None = None,
    awaits: bool = False,
) -> list[Message]:
    if not drafts:
        return []
    highest = connection.execute(
        select(func.coalesce(func.max(messages.c.seq), 0)).where(messages.c.conversation_id == conversation_id)
    ).scalar_one()
    moment = clock.now()
    kept = [
        Message(**vars(draft), seq=seq, at=moment, reply_to=reply_to, awaits_reply=awaits)
        for seq, draft in enumerate(drafts, max(highest, floor) + 1)
    ]
    connection.execute(
        insert(messages),
        [
            vars(message)
            | {"id": str(uuid4()), "conversation_id": conversation_id}
            | {"links": list(message.links), "buttons": list(message.buttons)}
            for message in kept
        ],
    )
    connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(last_at=moment))
    return kept


def _many(connection: Connection, *conditions: Any) -> list[Message]:
    rows = connection.execute(select(messages).where(and_(*conditions)).order_by(messages.c.seq)).all()
    return [_message(row) for row in rows]


def _one(connection: Connection, *conditions: Any) -> Message | None:
    row = connection.execute(select(messages).where(and_(*conditions))).one_or_none()
    return _message(row) if row else None


def _message(row: Row) -> Message:
    columns = row._mapping
    return Message(**{name: columns[name] for name in Message.__dataclass_fields__})
