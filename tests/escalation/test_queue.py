"""Who waits, who answers: one winner, nothing lost."""

from __future__ import annotations

import asyncio

import pytest

from bot.conversation.transcript import Draft, Transcript
from bot.escalation.queue import Queue
from bot.escalation.ticket import Taken, Ticket
from bot.storage.database import Database


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database)


@pytest.fixture
def transcript(database: Database) -> Transcript:
    return Transcript(database)


async def waiting(queue: Queue, transcript: Transcript, text: str = "hjælp mig", **wanted: str) -> Ticket:
    """A citizen in line."""
    conversation, _ = await transcript.begin([Draft("bot", "Hej")])
    await transcript.add_citizen(conversation.id, Draft("citizen", text, client_id="one"))
    return await queue.enqueue(conversation.id, wanted.get("reason", "asked"), "pas", wanted.get("department"))


async def state_of(transcript: Transcript, ticket: Ticket) -> str:
    conversation = await transcript.conversation(ticket.conversation_id)
    assert conversation
    return conversation.state


async def test_waiting_once_however_often_one_asks(queue: Queue, transcript: Transcript) -> None:
    first = await waiting(queue, transcript)
    again = await asyncio.gather(*[queue.enqueue(first.conversation_id, "frustration") for _ in range(10)])
    assert {ticket.id for ticket in again} == {first.id}
    assert first.reason == "asked" and first.last_text == "hjælp mig" and first.unread == 1
    assert await state_of(transcript, first) == "queued"


async def test_fifty_claims_have_one_winner(queue: Queue, transcript: Transcript) -> None:
    ticket = await waiting(queue, transcript)
    claims = await asyncio.gather(
        *[queue.claim(ticket.id, f"id-{number}", f"Navn {number}") for number in range(50)], return_exceptions=True
    )
    won = [claim for claim in claims if isinstance(claim, Ticket)]
    lost = [claim for claim in claims if isinstance(claim, Taken)]
    assert len(won) == 1 and len(lost) == 49
    assert {taken.owner_name for taken in lost} == {won[0].owner_name}
    # The winner's second click is no conflict.
    assert await queue.claim(ticket.id, str(won[0].owner_id), "x") == won[0]


async def test_places_follow_those_who_leave(queue: Queue, transcript: Transcript) -> None:
    first, second, third = [await waiting(queue, transcript) for _ in range(3)]
    assert await queue.place(third.conversation_id) == 3
    await queue.claim(first.id, "a", "Anna")
    assert await queue.cancel(second.conversation_id)
    assert await queue.cancel(second.conversation_id) is None
    assert await queue.place(first.conversation_id) is None
    assert await queue.place(third.conversation_id) == 1
    assert await queue.waiting() == [third.conversation_id]
    assert await state_of(transcript, second) == "bot"


async def test_a_claim_after_the_citizen_left_says_so(queue: Queue, transcript: Transcript) -> None:
    ticket = await waiting(queue, transcript)
    await queue.cancel(ticket.conversation_id)
    with pytest.raises(Taken) as taken:
        await queue.claim(ticket.id, "a", "Anna")
    assert taken.value.owner_name is None


async def test_a_department_gets_the_old_place_a_colleague_gets_the_chat(queue: Queue, transcript: Transcript) -> None:
    first, second = [await waiting(queue, transcript) for _ in range(2)]
    await queue.claim(first.id, "a", "Anna")
    moved = await queue.transfer(first.id, department="jobcenter")
    assert (moved.state, moved.owner_id, moved.department) == ("queued", None, "jobcenter")
    assert await queue.place(first.conversation_id) == 1 and await queue.place(second.conversation_id) == 2
    given = await queue.transfer(first.id, staff_id="b", name="Bo")
    assert (given.state, given.owner_name, given.department) == ("human", "Bo", "jobcenter")
    assert await state_of(transcript, first) == "human"


async def test_ends_and_begins_again(queue: Queue, transcript: Transcript) -> None:
    ticket = await waiting(queue, transcript)
    await queue.claim(ticket.id, "a", "Anna")
    closed = await queue.close(ticket.id, "solved")
    assert (closed.state, closed.outcome) == ("closed", "solved") and closed.closed_at
    assert await state_of(transcript, ticket) == "closed"
    with pytest.raises(Taken):
        await queue.close(ticket.id, "solved")
    opened = await queue.reopen(ticket.id, "b", "Bo")
    assert (opened.state, opened.owner_name, opened.outcome) == ("human", "Bo", None)
    returned = await queue.hand_back(ticket.id)
    assert returned.state == "returned" and await state_of(transcript, ticket) == "bot"
    anew = await queue.enqueue(ticket.conversation_id, "asked")
    assert anew.id != ticket.id
    with pytest.raises(Taken):
        await queue.reopen(ticket.id, "a", "Anna")


async def test_views_filters_and_search(queue: Queue, transcript: Transcript) -> None:
    first = await waiting(queue, transcript, "mit pas er 100 % væk", department="borgerservice")
    second = await waiting(queue, transcript, "min mor falder", reason="personal_case")
    third = await waiting(queue, transcript, "hvor er skraldebilen")
    await queue.claim(second.id, "a", "Anna")
    await queue.claim(third.id, "b", "Bo")
    await queue.close(third.id, "referred")

    async def found(**asked: str) -> list[str]:
        return [ticket.id for ticket in await queue.tickets(**({"view": "all_open", "staff_id": "a"} | asked))]

    assert await found() == [first.id, second.id]
    assert await found(view="waiting") == [first.id]
    assert await found(view="mine") == [second.id]
    assert await found(view="closed") == [third.id]
    assert await found(department="borgerservice") == [first.id]
    assert await found(reason="personal_case") == [second.id]
    assert await found(search="MOR fald") == [second.id]
    assert await found(search="100 %") == [first.id]
    assert await found(search=second.code.lower()) == [second.id]
    assert await found(search="kommer ikke for") == []
    assert await queue.counts("a") == {"waiting": 1, "mine": 1, "all_open": 2}


async def test_what_staff_have_seen_is_not_unread(queue: Queue, transcript: Transcript) -> None:
    ticket = await waiting(queue, transcript)
    _, message, _ = await transcript.add_citizen(
        ticket.conversation_id, Draft("citizen", "er der nogen", client_id="two")
    )
    assert [found.unread for found in await queue.tickets(view="waiting")] == [2]
    await queue.seen(ticket.id, message.seq)
    await queue.seen(ticket.id, 1)
    assert [found.unread for found in await queue.tickets(view="waiting")] == [0]


async def test_an_emergency_is_marked(queue: Queue, transcript: Transcript) -> None:
    calm, danger = [await waiting(queue, transcript) for _ in range(2)]
    await transcript.add(danger.conversation_id, Draft("bot", "Ring 112", meta={"emergency": "brand"}))
    await transcript.add(calm.conversation_id, Draft("bot", "Svar", meta={"emergency": None}))
    assert {ticket.id: ticket.danger for ticket in await queue.tickets(view="waiting")} == {
        calm.id: False,
        danger.id: True,
    }
