"""What is kept of a conversation: in order, once."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.conversation.transcript import Conversation, Draft, Message, Transcript, code_of, new_id
from bot.storage.database import Database
from bot.storage.models import feedback

pytestmark = pytest.mark.asyncio
GREETING = Draft("bot", "Hej!")
LINK = {"label": "Læs mere", "url": "https://www.borger.dk", "kind": "information"}
BUTTON = {"title": "Ja", "payload": "/ja"}


@pytest.fixture
def transcript(database: Database) -> Iterator[Transcript]:
    yield Transcript(database)


def _said(text: str, client_id: str | None = None) -> Draft:
    return Draft("citizen", text, client_id=client_id or str(uuid4()))


async def _ask(transcript: Transcript, conversation_id: str, text: str) -> Message:
    return (await transcript.add_citizen(conversation_id, _said(text)))[1]


async def test_keeps_all_of_a_message(transcript: Transcript) -> None:
    conversation, (greeting,) = await transcript.begin([GREETING])
    asked = await _ask(transcript, conversation.id, "æøå 💚 مرحبا\n'; DROP TABLE messages; --")
    answer = Draft("bot", "Se her", links=[LINK], buttons=[BUTTON], meta={"service": "pas", "confidence": 0.9})
    await transcript.add_replies(conversation.id, asked.seq, [answer])
    kept = await transcript.messages(conversation.id)
    assert [message.seq for message in kept] == [1, 2, 3]
    assert kept[0].public() == greeting.public()
    assert kept[1].text == "æøå 💚 مرحبا\n'; DROP TABLE messages; --"
    assert kept[2].public() | {"at": ""} == {
        "seq": 3, "author": "bot", "text": "Se her", "links": [LINK], "buttons": [BUTTON], "at": "",
    }  # fmt: skip
    assert kept[2].meta == {"service": "pas", "confidence": 0.9}
    assert "meta" not in kept[2].public()


async def test_the_same_client_id_is_kept_once(transcript: Transcript) -> None:
    conversation, _ = await transcript.begin([GREETING])
    _, first, new = await transcript.add_citizen(conversation.id, _said("hej", "c1"))
    _, again, new_again = await transcript.add_citizen(conversation.id, _said("noget andet", "c1"))
    assert (new, new_again) == (True, False)
    assert again.public() == first.public()
    other, _ = await transcript.begin([GREETING])
    assert (await transcript.add_citizen(other.id, _said("hej", "c1")))[2]


async def test_a_message_is_answered_once(transcript: Transcript) -> None:
    conversation, _ = await transcript.begin([GREETING])
    asked = await _ask(transcript, conversation.id, "hej")
    assert [message.seq for message in await transcript.unanswered(conversation.id)] == [asked.seq]
    first, second = await asyncio.gather(
        transcript.add_replies(conversation.id, asked.seq, [Draft("bot", "Svar 1")]),
        transcript.add_replies(conversation.id, asked.seq, [Draft("bot", "Svar 2")]),
    )
    assert [message.text for message in first] == [message.text for message in second]
    assert len(await transcript.messages(conversation.id)) == 3
    assert await transcript.unanswered(conversation.id) == []
    kept = await transcript.replies(conversation.id, asked.seq)
    assert [message.public() for message in kept] == [message.public() for message in first]


async def test_a_message_a_person_answers_is_not_owed_an_answer(transcript: Transcript) -> None:
    conversation, _ = await transcript.begin([GREETING])
    asked = await _ask(transcript, conversation.id, "hej")
    assert await transcript.add_replies(conversation.id, asked.seq, []) == []
    assert await transcript.unanswered(conversation.id) == []


async def test_seq_has_no_gaps_or_doubles_when_all_write_at_once(transcript: Transcript) -> None:
    conversation, _ = await transcript.begin([GREETING])
    await asyncio.gather(*(_ask(transcript, conversation.id, f"{number}") for number in range(40)))
    kept = await transcript.messages(conversation.id)
    assert [message.seq for message in kept] == list(range(1, 42))
    assert all(earlier.at <= later.at for earlier, later in pairwise(kept))


async def test_the_same_message_sent_many_times_at_once_is_kept_once(transcript: Transcript) -> None:
    conversation, _ = await transcript.begin([GREETING])
    sent = await asyncio.gather(*(transcript.add_citizen(conversation.id, _said("hej", "c1")) for _ in range(20)))
    assert sum(new for _, _, new in sent) == 1
    assert {message.seq for _, message, _ in sent} == {2}


async def test_a_conversation_begun_while_the_database_was_down_is_made_later(transcript: Transcript) -> None:
    conversation_id = new_id()
    conversation, message, new = await transcript.add_citizen(conversation_id, _said("hej"), floor=5)
    assert (conversation, new) == (Conversation(conversation_id, code_of(conversation_id)), True)
    assert message.seq == 6


async def test_after_and_last(transcript: Transcript) -> None:
    conversation, _ = await transcript.begin([GREETING])
    for number in range(5):
        await _ask(transcript, conversation.id, f"{number}")
    assert [message.seq for message in await transcript.messages(conversation.id, after=4)] == [5, 6]
    assert [message.seq for message in await transcript.last(conversation.id, 2)] == [5, 6]
    assert await transcript.messages(new_id()) == []
    assert await transcript.conversation(new_id()) is None


async def test_a_thumb_again_replaces(transcript: Transcript, database: Database) -> None:
    conversation, _ = await transcript.begin([GREETING])
    asked = await _ask(transcript, conversation.id, "hej")
    assert await transcript.rate(conversation.id, 1, "up", None)
    assert await transcript.rate(conversation.id, 1, "down", "Linket virker ikke")
    assert not await transcript.rate(conversation.id, asked.seq, "up", None)
    assert not await transcript.rate(conversation.id, 99, "up", None)
    other, _ = await transcript.begin([GREETING])
    assert not await transcript.rate(other.id, 2, "up", None)
    rows = await database.read(
        lambda connection: connection.execute(select(feedback.c.value, feedback.c.comment)).all()
    )
    assert rows == [("down", "Linket virker ikke")]


async def test_codes_can_be_read_aloud() -> None:
    codes = {code_of(new_id()) for _ in range(2000)}
    assert len(codes) > 1990
    assert all(len(code) == 7 and code[3] == "-" and not set(code) & set("01OIL") for code in codes)
