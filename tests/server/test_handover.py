"""From bot to human and back in one chat, over the real server."""

from __future__ import annotations

from typing import Any

import pytest

from bot.answers.knowledge import knowledge
from bot.desk.permission import Role, Staff
from bot.engine.contract import Reply
from bot.escalation.ticket import Taken, Ticket
from tests.server.conftest import Browser, Server, StartServer
from tests.server.engines import EchoEngine

METTE = Staff("id-mette", "Mette Madsen", "Mette", "mette@example.dk", frozenset({Role.STAFF}), None, "available")


class AskingEngine(EchoEngine):
    """Echoes; «menneske» is a wish for a human, «min sag» an offer of one."""

    async def reply(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[Reply]:
        [echo] = await super().reply(conversation_id, text, metadata)
        reason = {"menneske": "asked", "/tal_med_menneske": "asked", "min sag": "personal_case"}.get(text)
        return [Reply(echo.text, (), echo.buttons, {"decision": "echo", "service": "pas", "escalate": reason})]


@pytest.fixture
async def server(start: StartServer) -> Server:
    """A server with a staff member and an open chat."""
    knowledge()  # takes seconds the first time
    server = await start(AskingEngine(), chat_always_open=True)
    path = await server.desk.first_run_link()
    assert path
    await server.desk.accounts.make_first(
        path.rpartition("/")[2], "Mette Madsen", "mette@example.dk", "en lang sætning 42"
    )
    return server


async def wait_in_line(citizen: Browser, server: Server) -> Ticket:
    await citizen.say("menneske")
    state = await citizen.next("state")
    assert (state["state"], state["place"]) == ("queued", 1)
    answer = await citizen.answer()
    assert "nummer 1" in answer["text"]
    [ticket] = await server.desk.queue.tickets(view="waiting")
    return ticket


async def test_the_whole_way_round(server: Server) -> None:
    async with server.socket() as citizen:
        ticket = await wait_in_line(citizen, server)
        assert (ticket.reason, ticket.service, ticket.department) == ("asked", "pas", "borgerservice")
        await server.desk.handover.claim(ticket.id, METTE)
        assert (await citizen.next("state")) == {"type": "state", "state": "human", "name": "Mette"}
        message = await server.desk.handover.say(
            ticket, METTE, "Hej, jeg ser på det. CPR 010190-1234.", client_id="s-1"
        )
        again = await server.desk.handover.say(ticket, METTE, "Hej, jeg ser på det.", client_id="s-1")
        assert again.seq == message.seq
        heard = await citizen.answer()
        assert (heard["author"], heard["name"]) == ("human", "Mette") and "010190" not in heard["text"]

        asked = len(server.engine.asked)
        await citizen.say("tak, og hvad så nu")
        await citizen.next("ack")
        assert not [event for event in await citizen.quiet() if event.get("message", {}).get("author") == "bot"]
        assert len(server.engine.asked) == asked

        await server.desk.handover.hand_back(ticket.id)
        assert (await citizen.next("state"))["state"] == "bot"
        await citizen.say("er du der, robot")
        assert (await citizen.answer())["text"] == "Du skrev: er du der, robot"


async def test_the_reason_is_what_the_bot_offered_a_human_for(server: Server) -> None:
    async with server.socket() as citizen:
        await citizen.say("min sag")
        await citizen.answer()
        ticket = await wait_in_line(citizen, server)
        assert ticket.reason == "personal_case"


async def test_the_citizen_leaves_the_line(server: Server) -> None:
    async with server.socket() as citizen:
        ticket = await wait_in_line(citizen, server)
        await citizen.send(type="cancel")
        assert (await citizen.next("state"))["state"] == "bot"
        with pytest.raises(Taken):
            await server.desk.handover.claim(ticket.id, METTE)
        await citizen.say("hej igen")
        assert (await citizen.answer())["text"] == "Du skrev: hej igen"


async def test_danger_is_answered_at_once_also_in_the_line(server: Server) -> None:
    async with server.socket() as citizen:
        ticket = await wait_in_line(citizen, server)
        await citizen.say("hjælp det brænder i køkkenet")
        assert "112" in (await citizen.answer())["text"]
        found = await server.desk.queue.ticket(ticket.id)
        assert found and found.danger and found.state == "queued"


async def test_coming_back_shows_the_state(server: Server) -> None:
    async with server.socket() as citizen:
        ticket = await wait_in_line(citizen, server)
        async with server.socket(citizen.welcome["token"]) as tab:
            assert (tab.welcome["state"], tab.welcome["place"]) == ("queued", 1)
            await server.desk.handover.claim(ticket.id, METTE)
            assert (await tab.next("state"))["name"] == "Mette"
        answer = await server.http.post("/api/chat/session", json={"token": citizen.welcome["token"]})
        assert (answer.json()["state"], answer.json()["name"]) == ("human", "Mette")


async def test_a_closed_chat_begins_again_with_the_bot(server: Server) -> None:
    async with server.socket() as citizen:
        ticket = await wait_in_line(citizen, server)
        await server.desk.handover.claim(ticket.id, METTE)
        await server.desk.handover.close(ticket.id, "solved")
        while (await citizen.next("state"))["state"] != "closed":
            pass
        await citizen.say("en ting til")
        assert (await citizen.next("state"))["state"] == "bot"
        assert (await citizen.answer())["text"] == "Du skrev: en ting til"


async def test_places_are_told_to_those_who_wait(server: Server) -> None:
    async with server.socket() as first, server.socket() as second:
        ticket = await wait_in_line(first, server)
        await second.say("menneske")
        assert (await second.next("state"))["place"] == 2
        await server.desk.handover.claim(ticket.id, METTE)
        assert (await second.next("state"))["place"] == 1


async def test_without_staff_the_citizen_is_told_to_ring(start: StartServer) -> None:
    server = await start(AskingEngine(), chat_always_open=True)
    async with server.socket() as citizen:
        await citizen.say("menneske")
        assert (await citizen.answer())["text"] == "Du skrev: menneske"
        assert await server.desk.queue.tickets(view="all_open") == []


async def test_http_says_the_same(server: Server) -> None:
    session = await server.session()
    answer = (await server.send(session["token"], "menneske")).json()
    assert (answer["state"], answer["place"]) == ("queued", 1)
    headers = {"Authorization": f"Bearer {session['token']}"}
    cancelled = (await server.http.post("/api/chat/cancel", headers=headers)).json()
    assert cancelled["state"] == "bot" and cancelled["messages"][0]["author"] == "system"


async def test_what_is_said_while_the_citizen_comes_back_is_heard(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with server.socket() as citizen:
        ticket = await wait_in_line(citizen, server)
        await server.desk.handover.claim(ticket.id, METTE)
        token = citizen.welcome["token"]
    handover, standing = server.desk.handover, server.desk.handover.standing

    async def says_something_first(*arguments: Any) -> Any:
        # The messages have been read by now, and the socket is not in the room yet.
        monkeypatch.undo()
        await handover.say(ticket, METTE, "Er du der stadig?", client_id="s-9")
        return await standing(*arguments)

    monkeypatch.setattr(handover, "standing", says_something_first)
    async with server.socket(token) as citizen:
        known = [message["text"] for message in citizen.welcome["messages"]]
        assert "Er du der stadig?" not in known
        assert (await citizen.answer())["text"] == "Er du der stadig?"
        assert await citizen.quiet() == []
