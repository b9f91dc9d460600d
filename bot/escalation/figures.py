"""What is counted of conversations. Each counts on the Danish day it began; the definitions are in docs/effect.md.

A figure has a name and, where things are counted apart, a part:

    conversations               in which the citizen wrote something
    messages      citizen | bot | human
    solved                      by the bot alone
    with_staff                  a human was asked for, or a message was left
    escalation    reason        chats that came to wait for a human
    gave_up                     left the line before a human came
    contact                     messages left for staff
    wait          seconds       chats that waited so long for a human's first words
    handling      seconds       chats that took so long from claim to close
    subject       service id    conversations in which the bot answered on it
    miss          search | unknown | off_topic
    thumb         up | down

Nothing else survives when conversations are deleted, so the same counting serves the report and the purge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.escalation.hours import local_day
from bot.storage.escalation_tables import tickets
from bot.storage.models import conversations, feedback, messages

Figures = Counter[tuple[date, str, str]]
"""How many, by day, figure and part."""

ROUNDED_TO = 10
"""Seconds. Finer times say nothing more of a service, but could tell whose chat it was."""
_MISSES = ("search", "unknown")
OFF_TOPIC = "uden_for_emne"
"""Intent of the small talk that says so: it counts as a miss, here and in bot/studio/learning.py."""


def count(connection: Connection, which: Any) -> Figures:
    """Count the conversations that fit the condition `which` on the table `conversations`."""
    begun = select(conversations.c.id, conversations.c.created_at).where(which)
    day = {row.id: local_day(row.created_at) for row in connection.execute(begun)}

    def rows(wanted: Any) -> Iterator[Any]:
        # On PostgreSQL a conversation can begin between two statements.
        return (row for row in connection.execute(wanted).all() if row[0] in day)

    figures: Figures = Counter()
    answered, with_staff, spoken = set(), set(), set()
    for talk, author, decision, service, intent, number in rows(_messages(which)):
        if author != "system":
            figures[day[talk], "messages", author] += number
        if author == "citizen":
            spoken.add(talk)
        elif decision == "answer":
            answered.add(talk)
            figures[day[talk], "subject", service] += 1
        elif decision in _MISSES:
            figures[day[talk], "miss", decision] += number
        elif intent == OFF_TOPIC:
            figures[day[talk], "miss", "off_topic"] += number
        elif decision == "contact":
            with_staff.add(talk)
            figures[day[talk], "contact", ""] += number
    for row in rows(_tickets(which)):
        with_staff.add(row.conversation_id)
        figures.update((day[row.conversation_id], figure, part) for figure, part in _of_ticket(row))
    last_thumb = {}
    for talk, value in rows(_thumbs(which)):
        last_thumb[talk] = value
        figures[day[talk], "thumb", value] += 1
    unhappy = {talk for talk, value in last_thumb.items() if value == "down"}
    figures.update((day[talk], "conversations", "") for talk in spoken)
    figures.update((day[talk], "with_staff", "") for talk in with_staff)
    figures.update((day[talk], "solved", "") for talk in (answered & spoken) - with_staff - unhappy)
    return figures


def _messages(which: Any) -> Any:
    """How many messages of each kind a conversation has: counted by the database, as they are many."""
    row, meta = messages.c, messages.c.meta
    kinds = [
        row.conversation_id,
        row.author,
        *(meta[key].as_string().label(key) for key in ("decision", "service", "intent")),
    ]
    return select(*kinds, func.count().label("number")).join(conversations).where(which).group_by(*kinds)


def _tickets(which: Any) -> Any:
    row = tickets.c
    times = (row.waiting_since, row.claimed_at, row.first_reply_at, row.closed_at)
    return select(row.conversation_id, row.state, row.reason, *times).join(conversations).where(which)


def _thumbs(which: Any) -> Any:
    given = select(messages.c.conversation_id, feedback.c.value)
    return (
        given.select_from(feedback.join(messages).join(conversations))
        .where(which)
        .order_by(feedback.c.at, messages.c.seq)
    )


def _of_ticket(row: Any) -> list[tuple[str, str]]:
    found = [("escalation", row.reason)]
    if row.state == "cancelled" and row.first_reply_at is None:
        found.append(("gave_up", ""))
    if row.first_reply_at:
        found.append(("wait", _seconds(row.waiting_since, row.first_reply_at)))
    if row.state == "closed" and row.claimed_at and row.closed_at:
        found.append(("handling", _seconds(row.claimed_at, row.closed_at)))
    return found


def _seconds(begin: datetime, end: datetime) -> str:
    return str(max(0, round((end - begin).total_seconds() / ROUNDED_TO) * ROUNDED_TO))
