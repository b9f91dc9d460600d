"""The desk's WebSocket: it tells that something changed, never what a citizen wrote."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from websockets.legacy.client import WebSocketClientProtocol

from bot.desk.permission import Role
from bot.escalation.ticket import Ticket
from tests.desk.conftest import Browser, Office
from tests.desk.talk import wait_in_line

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def _watch(
    office: Office, browser: Browser, ticket: Ticket | None = None
) -> AsyncIterator[WebSocketClientProtocol]:
    address = f"{office.url.replace('http', 'ws')}/desk/live"
    headers = {"Origin": office.url, "Cookie": f"odder-desk={browser.http.cookies['odder-desk']}"}
    async with websockets.connect(address, extra_headers=headers) as socket:  # type: ignore[attr-defined]
        assert (await _next(socket))["type"] == "hello"
        if ticket:
            await socket.send(json.dumps({"type": "follow", "ticket": ticket.id}))
            await _heard_until_pong(socket)
        yield socket


async def _next(socket: WebSocketClientProtocol) -> dict[str, Any]:
    return dict(json.loads(await asyncio.wait_for(socket.recv(), 5)))


async def _heard_until_pong(socket: WebSocketClientProtocol) -> list[dict[str, Any]]:
    await socket.send('{"type":"ping"}')
    heard = []
    while (event := await _next(socket))["type"] != "pong":
        heard.append(event)
    return heard


async def test_a_new_message_is_told_without_its_words(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    ticket = await wait_in_line(office)
    staff = (await office.server.desk.accounts.colleagues())[0]
    async with _watch(office, mette, ticket) as socket:
        await office.server.desk.handover.claim(ticket.id, staff)
        await office.server.desk.handover.say(ticket, staff, "et hemmeligt ord")
        heard = await _heard_until_pong(socket)
    assert {event["type"] for event in heard} == {"queue", "conversation"}
    assert "hemmeligt" not in json.dumps(heard)


async def test_the_citizen_is_told_who_types_only_by_the_owner(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    jens = await office.logged_in(Role.STAFF, name="Jens Aagaard", email="jens@kommune.dk")
    desk = office.server.desk
    ticket = await wait_in_line(office)
    [owner] = [one for one in await desk.accounts.colleagues() if one.first_name == "Mette"]
    await desk.handover.claim(ticket.id, owner)
    told: list[dict[str, Any]] = []
    leave = desk.live.hear(ticket.conversation_id, told.append)
    typing = json.dumps({"type": "typing", "on": True})
    async with _watch(office, jens, ticket) as other, _watch(office, mette, ticket) as own:
        await other.send(typing)
        await _heard_until_pong(other)
        assert told == []
        await own.send(typing)
        await _heard_until_pong(own)
    leave()
    assert told == [{"type": "typing", "author": "human", "on": True}]


async def test_nonsense_is_passed_over(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    async with _watch(office, mette) as socket:
        for frame in (
            "",
            "[]",
            "{",
            '{"type":7}',
            '{"type":"follow","ticket":"findes-ikke"}',
            '{"type":"typing","on":1}',
        ):
            await socket.send(frame)
        assert await _heard_until_pong(socket) == []


async def test_a_socket_ends_with_its_session(office: Office) -> None:
    mette = await office.logged_in(Role.STAFF)
    async with _watch(office, mette) as socket:
        await mette.log_out()
        await socket.send('{"type":"ping"}')
        await asyncio.wait_for(socket.wait_closed(), 5)
        assert socket.close_code == 4401
