"""The chat over a WebSocket: the ordinary way."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.server.websockets.impl import WebsocketImplProtocol

from bot.conversation.clean import clean
from bot.conversation.session_token import Session, SessionTokens
from bot.server.address import Networks, client_address, origin_allowed
from bot.server.chat_http import opened_content
from bot.server.errors import error_content
from bot.server.gateway import Gateway, Opened
from bot.server.incoming import Refused, read_json, read_message, read_rating, read_seq
from bot.server.rooms import Rooms, Socket
from bot.texts import Texts

logger = logging.getLogger(__name__)

_TRY_AGAIN_LATER = 1013
_NOT_ALLOWED = 1008
_TYPING_SECONDS = 1.0


class _Visit:
    """One open WebSocket: whose conversation it follows, and what the browser asks for."""

    def __init__(
        self, socket: Socket, address: str, gateway: Gateway, tokens: SessionTokens, rooms: Rooms, texts: Texts
    ) -> None:
        self._socket = socket
        self._address = address
        self._gateway = gateway
        self._tokens = tokens
        self._rooms = rooms
        self._texts = texts
        self._session: Session | None = None
        self._typed_at = 0.0

    async def take(self, frame: str | bytes) -> None:
        """Do what one frame asks; what can't be done is told as an `error` event, and the socket stays open."""
        content: dict[str, Any] = {}
        try:
            content = read_json(frame)
            await self._act(content)
        except Refused as refused:
            self._socket.send(self._error(refused, content))

    def end(self) -> None:
        """The browser has gone."""
        if self._session:
            self._rooms.leave(self._session.conversation_id, self._socket)
        self._socket.close()

    async def _act(self, content: dict[str, Any]) -> None:
        match content.get("type"):
            case "hello":
                await self._hello(content)
            case "ping":
                self._socket.send({"type": "pong"})
            case "typing":
                self._type()
            case "cancel":
                await self._gateway.cancel(self._known().conversation_id, self._address)
            case "message":
                session = self._known()
                await self._gateway.receive(session.conversation_id, read_message(content), self._address, self._socket)
            case "feedback":
                await self._gateway.rate(self._known().conversation_id, read_rating(content), self._address)
            case "reset":
                self._enter(await self._gateway.reset(self._known().conversation_id, self._address), None)
            case _:
                raise Refused("bad_request")

    async def _hello(self, content: dict[str, Any]) -> None:
        token = content.get("token")
        if not isinstance(token, str | None):
            raise Refused("bad_request")
        session = self._tokens.read(token) if token else None
        # What is said while the conversation is being read is in neither; it is heard from before, and told after.
        meanwhile: list[dict[str, Any]] = []
        cease = self._rooms.hear(session.conversation_id, meanwhile.append) if session else None
        try:
            opened = await self._gateway.open(token, self._address, read_seq(content.get("after") or 0))
        finally:
            if cease:
                cease()
        self._enter(opened, token)
        if session and session.conversation_id == opened.conversation.id:
            for event in meanwhile:
                self._socket.send(event)
        await self._gateway.catch_up(opened.conversation.id)

    def _enter(self, opened: Opened, token: str | None) -> None:
        if self._session:
            self._rooms.leave(self._session.conversation_id, self._socket)
        shown = opened_content(opened, token)
        self._session = self._tokens.read(shown["token"])
        self._rooms.enter(opened.conversation.id, self._socket)
        self._socket.send({"type": "welcome"} | shown)

    def _type(self) -> None:
        moment = time.monotonic()
        if self._session and moment - self._typed_at >= _TYPING_SECONDS:
            self._typed_at = moment
            self._gateway.types(self._session.conversation_id)

    def _known(self) -> Session:
        """The session said hello with; hands out a fresh token when it has grown old."""
        if self._session is None:
            raise Refused("unauthorised")
        token = self._tokens.renewed(self._session)
        if token:
            self._session = self._tokens.read(token) or self._session
            self._socket.send({"type": "token", "token": token})
        return self._session

    def _error(self, refused: Refused, content: dict[str, Any]) -> dict[str, Any]:
        client_id = refused.client_id or content.get("client_id")
        event = {"type": "error"} | error_content(refused, self._texts)
        return event | ({"client_id": clean(client_id)[:64]} if isinstance(client_id, str) else {})


def chat_socket(
    gateway: Gateway,
    tokens: SessionTokens,
    rooms: Rooms,
    texts: Texts,
    proxies: Networks,
    origins: Sequence[str],
    connections_per_address: int,
) -> Blueprint:
    """The WebSocket route."""
    routes = Blueprint("chat_socket", url_prefix="/api/chat")
    open_now: Counter[str] = Counter()

    @routes.websocket("/ws")
    async def chat(request: Request, connection: WebsocketImplProtocol) -> None:
        if not origin_allowed(request, origins, proxies):
            await connection.close(_NOT_ALLOWED)
            return
        address = client_address(request, proxies)
        if open_now[address] >= connections_per_address:
            await connection.close(_TRY_AGAIN_LATER)
            return
        open_now[address] += 1
        visit = _Visit(Socket(connection), address, gateway, tokens, rooms, texts)
        try:
            while (frame := await connection.recv()) is not None:
                await visit.take(frame)
        finally:
            visit.end()
            open_now[address] -= 1
            if not open_now[address]:
                del open_now[address]

    return routes
