"""What staff want the bot to learn."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from bot.conversation.transcript import Draft, Transcript
from bot.escalation.proposals import Proposals
from bot.storage.database import Database
from bot.storage.models import conversations

pytestmark = pytest.mark.asyncio
METTE = {"author_id": "1", "author_name": "Mette Hansen"}


async def test_kept_once_settled_once_gone_with_the_conversation(database: Database) -> None:
    transcript, proposals = Transcript(database), Proposals(database)
    conversation, _ = await transcript.begin([Draft("bot", "Hej")])
    said, _ = await transcript.add(conversation.id, Draft("citizen", "rejsedokument"))
    first = await proposals.propose("phrasing", conversation.id, said.seq, service="pas", **METTE)
    again = await proposals.propose("phrasing", conversation.id, said.seq, service="pas", **METTE)
    new = await proposals.propose("new_subject", conversation.id, said.seq, title="Rejsekort", **METTE)
    assert first
    assert new
    assert again == first
    assert (first.text, first.service, first.answered, first.state) == ("rejsedokument", "pas", None, "open")
    assert await proposals.propose("phrasing", conversation.id, 1, service="pas", **METTE) is None
    assert await proposals.listed() == [first, new]
    assert await proposals.listed(limit=1, offset=1) == [new]
    assert await proposals.settle(first.id, "accepted", "Ida")
    assert not await proposals.settle(first.id, "rejected", "Ida")
    assert await proposals.listed() == [new]
    [accepted] = await proposals.listed("accepted")
    assert (accepted.settled_by, accepted.settled_at is not None) == ("Ida", True)
    await database.write(lambda c: c.execute(delete(conversations).where(conversations.c.id == conversation.id)))
    assert await proposals.of(conversation.id) == []
