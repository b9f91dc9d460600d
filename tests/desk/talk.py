"""Conversations that wait for staff."""

from __future__ import annotations

from bot.conversation.transcript import Draft
from bot.escalation.ticket import Ticket
from tests.desk.conftest import Office

GREETING = Draft("bot", "Hej! Hvad kan jeg hjælpe med?")


async def wait_in_line(
    office: Office,
    *words: str,
    reason: str = "asked",
    service: str | None = "pas",
    department: str | None = "borgerservice",
) -> Ticket:
    """A citizen who has written `words`, got an echo for each, and waits."""
    desk = office.server.desk
    conversation, _ = await desk.transcript.begin([GREETING])
    for text in words or ("Jeg har tabt mit pas",):
        _, said, _ = await desk.transcript.add_citizen(
            conversation.id, Draft("citizen", text, client_id=f"c-{text}"[:60])
        )
        meta = {"decision": "answer", "service": service, "confidence": 0.87}
        await desk.transcript.add_replies(conversation.id, said.seq, [Draft("bot", f"Du skrev: {text}", meta=meta)])
    return await desk.queue.enqueue(conversation.id, reason, service, department)
