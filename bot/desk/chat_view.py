"""What the page of one conversation shows."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot import clock
from bot.catalogue.catalogue import Entry
from bot.conversation.transcript import Message
from bot.desk.canned import CannedReply, canned_replies
from bot.desk.context import Desk
from bot.desk.page import LOCAL
from bot.desk.permission import Role, Staff
from bot.desk.waiting import wait
from bot.escalation.notes import Notes
from bot.escalation.proposals import Proposal, Proposals
from bot.escalation.ticket import OUTCOMES, Ticket

MAX_LENGTH = 1000
"""Characters of a reply."""
_DIGITAL_POST = "digital_post"
"""The service, and the ready-made reply, for what belongs in a citizen's own case."""


@dataclass(frozen=True)
class ReplyDraft:
    """A reply being written, when it comes back to the browser unsent.

    `links` are values that ServiceHelp.cards knows; `found` are services searched for; `fault` is why it was not sent.
    """

    text: str = ""
    links: tuple[str, ...] = ()
    found: Sequence[Entry] = ()
    fault: str | None = None
    client_id: str = field(default_factory=lambda: str(uuid4()))


def owns(ticket: Ticket, staff: Staff) -> bool:
    """Whether `staff` has the chat now."""
    return ticket.state == "human" and ticket.owner_id == staff.id


def canned_of(desk: Desk, staff: Staff) -> list[CannedReply]:
    """The ready-made replies as `staff` would send them."""
    path = desk.settings.municipality.parents[1] / "desk" / "canned.yml"
    return canned_replies(path, desk.municipality.placeholders() | {"navn": staff.first_name})


async def read_chat(desk: Desk, ticket: Ticket, staff: Staff, draft: ReplyDraft, after: int = 0) -> dict[str, Any]:
    """All values of chat.html; of the messages only those with a `seq` above `after`."""
    await desk.help.load()
    messages, notes, proposals, mine, counts, colleagues = await asyncio.gather(
        desk.transcript.messages(ticket.conversation_id),
        Notes(desk.database).of(ticket.conversation_id),
        Proposals(desk.database).of(ticket.conversation_id),
        desk.queue.tickets(view="mine", staff_id=staff.id),
        desk.queue.counts(staff.id),
        desk.accounts.colleagues(),
    )
    own_words = [message for message in messages if message.author == "citizen" and "payload" not in message.meta]
    moment = clock.now()
    canned = canned_of(desk, staff)
    post = desk.help.get(_DIGITAL_POST) if ticket.reason == "personal_case" else None
    return {
        "ticket": ticket,
        "owns": owns(ticket, staff),
        "waited": wait(ticket.waiting_since, ticket.claimed_at or ticket.closed_at or moment),
        "messages": [message for message in messages if message.seq > after],
        "last_seq": messages[-1].seq if messages else 0,
        "new_day": _new_days(messages),
        "clock_time": _clock_time,
        "citizen_at": own_words[-1].at if own_words else None,
        "proposals": _by_message(proposals),
        "notes": notes,
        "mine": mine,
        "counts": counts,
        "colleagues": [colleague for colleague in colleagues if colleague.id != staff.id and colleague.may(Role.STAFF)],
        "departments": desk.municipality.departments,
        "outcomes": OUTCOMES,
        "titles": desk.help.titles(),
        "suggested": await desk.help.for_message(own_words[-1].text if own_words else "", ticket.service),
        "digital_post": post,
        "digital_post_text": next((one.text for one in canned if one.id == _DIGITAL_POST), ""),
        "canned": canned,
        "services": desk.help.entries(),
        "draft": draft,
        "draft_cards": [(value, card) for value in draft.links for card in desk.help.cards([value])],
        "max_length": MAX_LENGTH,
    }


def _new_days(messages: Sequence[Message]) -> dict[int, str]:
    """The date, by the `seq` of the first message of each day."""
    days: dict[int, str] = {}
    before = None
    for message in messages:
        day = message.at.astimezone(LOCAL).date()
        if day != before:
            days[message.seq] = f"{day.day}.{day.month}.{day.year}"
        before = day
    return days


def _clock_time(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%H.%M")


def _by_message(proposals: Sequence[Proposal]) -> dict[int, list[Proposal]]:
    by_message: dict[int, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        by_message[proposal.seq].append(proposal)
    return by_message
