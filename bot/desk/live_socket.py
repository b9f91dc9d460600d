"""The desk's WebSocket: tells a page of staff that something changed, and the citizen that someone writes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.server.websockets.impl import WebsocketImplProtocol

from bot.desk.chat_view import owns
from bot.desk.context import Desk
from bot.desk.permission import Role, Staff, allowed
from bot.desk.visit import visit_of
from bot.escalation.ticket import Ticket
from bot.live import DESK
from bot.server.incoming import Refused, read_json
from bot.server.rooms import Socket
from bot.storage.database import StorageDown

logger = logging.getLogger(__name__)

_LOGGED_OUT = 4401
_SILENT = frozenset({"typing"})
"""Events of a conversation's room that change nothing a page shows."""


class _Watch:
    """One open page: what it listens to."""

    def __init__(self, desk: Desk, staff: Staff, socket: Socket) -> None:
        self._desk = desk
        self._staff = staff
        self._socket = socket
        self._ticket_id: str | None = None
        self._leave: list[Callable[[], None]] = [desk.live.hear(DESK, socket.send)]

    async def take(self, content: dict[str, Any]) -> None:
        """Do what one frame asks; what makes no sense is passed over."""
        match content:
            case {"type": "follow", "ticket": str(ticket_id)}:
                await self._follow(ticket_id)
            case {"type": "typing", "on": bool(on)}:
                await self._type(on)

    def end(self) -> None:
        """The page has gone."""
        for leave in self._leave:
            leave()
        self._socket.close()

    async def _follow(self, ticket_id: str) -> None:
        ticket = await self._desk.queue.ticket(ticket_id)
        if ticket is None or self._ticket_id:
            return
        self._ticket_id = ticket_id
        self._leave.append(self._desk.live.hear(ticket.conversation_id, lambda event: self._happened(ticket, event)))

    def _happened(self, ticket: Ticket, event: dict[str, Any]) -> None:
        # Only that there is something: the page fetches it, so that every way to see it is checked and the same.
        if event.get("type") not in _SILENT:
            self._socket.send({"type": "conversation", "conversation": ticket.conversation_id})

    async def _type(self, on: bool) -> None:
        # Read again each time: the chat may have been passed on meanwhile.
        ticket = await self._desk.queue.ticket(self._ticket_id) if self._ticket_id else None
        if ticket and owns(ticket, self._staff):
            self._desk.handover.types(ticket, on)


def live_socket(desk: Desk) -> Blueprint:
    """`/desk/live`."""
    routes = Blueprint("live_socket", url_prefix="/desk")

    @routes.websocket("/live")
    @allowed(Role.STAFF)
    async def live(request: Request, staff: Staff, connection: WebsocketImplProtocol) -> None:
        token = visit_of(request).session_token or ""
        socket = Socket(connection)
        watch = _Watch(desk, staff, socket)
        socket.send({"type": "hello"})
        try:
            while (frame := await connection.recv()) is not None:
                try:
                    content = read_json(frame)
                    if content.get("type") == "ping":
                        # Logged out, or deactivated, elsewhere.
                        if await desk.sessions.find(token) is None:
                            await connection.close(_LOGGED_OUT)
                            return
                        socket.send({"type": "pong"})
                    else:
                        await watch.take(content)
                except (Refused, StorageDown):
                    continue
        finally:
            watch.end()

    return routes
