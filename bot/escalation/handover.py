"""From bot to human and back, in the same chat: what the queue decides, the citizen and the desk are told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.catalogue.catalogue import Catalogue
from bot.conversation.language import DANISH
from bot.conversation.mask import mask
from bot.conversation.transcript import Conversation, Draft, Message, Transcript
from bot.escalation.queue import Queue
from bot.escalation.ticket import OUTCOMES, Ticket
from bot.live import DESK, Live
from bot.storage.database import StorageDown
from bot.texts import Texts

logger = logging.getLogger(__name__)

_LOOKED_BACK = 12
"""Messages in which the bot's reason for offering a human, and the subject, are looked for."""
MAX_STAFF_LENGTH = 2000
"""Characters of a human's message."""


class Opening(Protocol):
    """When staff answer the chat."""

    async def open_now(self) -> bool:
        """Whether the chat is staffed at this moment."""

    async def takes_messages(self) -> bool:
        """Whether a message left now will be read."""

    def opens(self, texts: Texts) -> str:
        """When it opens next, in the language of `texts`: words that fit after «igen»; empty when it never does."""


class Person(Protocol):
    """The staff member who acts."""

    @property
    def id(self) -> str:
        """Account."""

    @property
    def first_name(self) -> str:
        """What the citizen is told."""


@dataclass(frozen=True)
class Standing:
    """What a citizen is told of the chat's state."""

    state: str
    place: int | None = None
    name: str | None = None

    def shown(self) -> dict[str, Any]:
        """`state`, and `place` or `name` where there is one, as the chat protocol has them."""
        shown: dict[str, Any] = {"state": self.state}
        if self.place:
            shown["place"] = self.place
        if self.name:
            shown["name"] = self.name
        return shown

    def event(self) -> dict[str, Any]:
        """For those who look on."""
        return {"type": "state"} | self.shown()


class Handover:
    """The hand-off switch. Methods for staff raise Taken, KeyError and StorageDown; those for the gateway never fail."""

    def __init__(
        self,
        *,
        queue: Queue,
        transcript: Transcript,
        live: Live,
        texts: Mapping[str, Texts],
        catalogue: Callable[[], Catalogue],
        opening: Opening,
    ) -> None:
        self._queue = queue
        self._transcript = transcript
        self._live = live
        self._texts = texts
        self._catalogue = catalogue
        self._opening = opening

    # For the gateway ------------------------------------------------------------------------------------------------

    async def takes(self, conversation: Conversation, message: Message) -> bool:
        """Whether a person answers `message`; the desk is then told of it."""
        if conversation.state not in ("queued", "human"):
            return False
        self._live.tell(DESK, {"type": "conversation", "conversation": conversation.id})
        return True

    async def after(
        self, conversation: Conversation, drafts: Sequence[Draft], language: str
    ) -> tuple[Standing, Sequence[Draft]]:
        """Act on the bot's wish for a human.

        Returns:
            Who has the chat now, and the answers with the bot's advice to ring replaced by a place in line or by
            the offer to leave a message.
        """
        wanted = next((draft for draft in drafts if draft.meta.get("escalate") == "asked"), None)
        try:
            if wanted:
                if await self._opening.open_now():
                    return await self._enqueue(conversation, drafts, wanted, language)
                if await self._opening.takes_messages():
                    return Standing("bot"), _replaced(drafts, wanted, self._leave_message(wanted, language))
            if conversation.state == "closed":
                await self._transcript.set_state(conversation.id, "bot")
                self._live.tell(conversation.id, Standing("bot").event())
        except StorageDown:
            logger.error("hand-over failed", extra={"conversation": conversation.id})
        return Standing("bot"), drafts

    async def standing(self, conversation: Conversation) -> Standing:
        """What the citizen sees on coming back."""
        if conversation.state not in ("queued", "human"):
            return Standing(conversation.state)
        try:
            ticket = await self._queue.open_of(conversation.id)
            place = await self._queue.place(conversation.id) if ticket and ticket.state == "queued" else None
        except StorageDown:
            return Standing(conversation.state)
        return Standing(ticket.state, place, ticket.owner_name) if ticket else Standing("bot")

    async def cancel(self, conversation_id: str) -> list[Message]:
        """The citizen goes back to the bot."""
        try:
            ticket = await self._queue.cancel(conversation_id)
        except StorageDown:
            return []
        if ticket is None:
            return []
        said = await self._system(conversation_id, "handover_cancelled")
        await self._changed(ticket)
        return said

    def citizen_types(self, conversation_id: str) -> None:
        """The citizen writes on a message."""
        self._live.tell(DESK, {"type": "typing", "conversation": conversation_id})

    # For staff ------------------------------------------------------------------------------------------------------

    async def claim(self, ticket_id: str, staff: Person) -> Ticket:
        """Take a waiting chat."""
        ticket = await self._queue.claim(ticket_id, staff.id, staff.first_name)
        await self._system(ticket.conversation_id, "handover_claimed", navn=staff.first_name)
        await self._changed(ticket)
        return ticket

    async def say(
        self,
        ticket: Ticket,
        staff: Person,
        text: str,
        links: Sequence[dict[str, str]] = (),
        client_id: str | None = None,
    ) -> Message:
        """Write to the citizen. The same `client_id` again gives the message kept the first time."""
        # Staff may write numbers to ring; a CPR number has no place in a chat whoever writes it.
        draft = Draft("human", mask(text, only=("cpr",)).text, staff.first_name, links=links, client_id=client_id)
        message, new = await self._transcript.add(ticket.conversation_id, draft)
        if new:
            await self._queue.replied(ticket.id)
            self._live.tell(ticket.conversation_id, {"type": "typing", "author": "human", "on": False})
            self._live.tell(ticket.conversation_id, {"type": "message", "message": message.public()})
            self._live.tell(DESK, {"type": "conversation", "conversation": ticket.conversation_id})
        return message

    def types(self, ticket: Ticket, on: bool) -> None:
        """A human writes on a message."""
        self._live.tell(ticket.conversation_id, {"type": "typing", "author": "human", "on": on})

    async def hand_back(self, ticket_id: str) -> Ticket:
        """The bot answers again."""
        ticket = await self._queue.hand_back(ticket_id)
        await self._system(ticket.conversation_id, "handover_returned")
        await self._changed(ticket)
        return ticket

    async def close(self, ticket_id: str, outcome: str) -> Ticket:
        """End the chat with one of OUTCOMES. Raises ValueError for another."""
        if outcome not in OUTCOMES:
            raise ValueError(outcome)
        ticket = await self._queue.close(ticket_id, outcome)
        await self._system(ticket.conversation_id, "handover_closed")
        await self._changed(ticket)
        return ticket

    async def reopen(self, ticket_id: str, staff: Person) -> Ticket:
        """Take an ended chat up again."""
        ticket = await self._queue.reopen(ticket_id, staff.id, staff.first_name)
        await self._system(ticket.conversation_id, "handover_claimed", navn=staff.first_name)
        await self._changed(ticket)
        return ticket

    async def transfer(
        self, ticket_id: str, *, department: str | None = None, colleague: Person | None = None
    ) -> Ticket:
        """Give the chat to a department, where it waits with its old place, or to a colleague, who has it at once."""
        if colleague:
            ticket = await self._queue.transfer(ticket_id, staff_id=colleague.id, name=colleague.first_name)
            await self._system(ticket.conversation_id, "handover_claimed", navn=colleague.first_name)
        else:
            ticket = await self._queue.transfer(ticket_id, department=department)
            name = self._catalogue().municipality.departments.get(department or "", "")
            await self._system(ticket.conversation_id, "handover_transferred", afdeling=name)
            self._live.tell(DESK, {"type": "new", "ticket": ticket.id})
        await self._changed(ticket)
        return ticket

    # ----------------------------------------------------------------------------------------------------------------

    async def _enqueue(
        self, conversation: Conversation, drafts: Sequence[Draft], wanted: Draft, language: str
    ) -> tuple[Standing, Sequence[Draft]]:
        recent = await self._transcript.last(conversation.id, _LOOKED_BACK)
        metas = [message.meta for message in reversed(recent)]
        service = wanted.meta.get("service") or next((meta["service"] for meta in metas if meta.get("service")), None)
        # Read from files the first time, if the engine hasn't read it yet.
        entry = (await asyncio.to_thread(self._catalogue)).get(service)
        ticket = await self._queue.enqueue(
            conversation.id, _reason(metas), service, entry.service.department if entry else None
        )
        place = await self._queue.place(conversation.id) or 1
        standing = Standing(ticket.state, place)
        self._live.tell(conversation.id, standing.event())
        self._live.tell(DESK, {"type": "new", "ticket": ticket.id})
        said = self._texts.get(language, self._texts[DANISH]).say("handover_waiting", plads=str(place))
        return standing, _replaced(drafts, wanted, replace(wanted, text=said, buttons=(), links=()))

    def _leave_message(self, wanted: Draft, language: str) -> Draft:
        texts = self._texts.get(language, self._texts[DANISH])
        opens = self._opening.opens(texts)
        said = texts.say("handover_outside_hours", tid=opens) if opens else texts.say("handover_no_hours")
        return replace(wanted, text=said, buttons=(), links=(), meta=wanted.meta | {"form": "contact"})

    async def _system(self, conversation_id: str, key: str, **values: str) -> list[Message]:
        message, _ = await self._transcript.add(
            conversation_id, Draft("system", self._texts[DANISH].say(key, **values))
        )
        self._live.tell(conversation_id, {"type": "message", "message": message.public()})
        return [message]

    async def _changed(self, ticket: Ticket) -> None:
        """Tell the citizen who has the chat now, those who wait their new places, and the desk."""
        if ticket.state == "human":
            standing = Standing("human", name=ticket.owner_name)
        elif ticket.state == "queued":
            standing = Standing("queued", await self._queue.place(ticket.conversation_id))
        else:
            standing = Standing("closed" if ticket.state == "closed" else "bot")
        self._live.tell(ticket.conversation_id, standing.event())
        self._live.tell(DESK, {"type": "queue"})
        self._live.tell(DESK, {"type": "conversation", "conversation": ticket.conversation_id})
        for place, waiting in enumerate(await self._queue.waiting(), 1):
            self._live.tell(waiting, Standing("queued", place).event())


def _replaced(drafts: Sequence[Draft], old: Draft, new: Draft) -> list[Draft]:
    return [new if draft is old else draft for draft in drafts]


def _reason(metas: Sequence[Mapping[str, Any]]) -> str:
    """Why the human is wanted: what the bot last offered one for, newest first; else simply asked."""
    for meta in metas:
        if meta.get("emergency"):
            return "danger"
        offered = meta.get("escalate")
        if offered and offered != "asked":
            return str(offered)
    return "asked"
