"""The chat over HTTP, for browsers that can't open a WebSocket. The shapes are in `openapi.yml`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as _json

from bot.conversation.session_token import Session, SessionTokens
from bot.server.address import Networks, client_address
from bot.server.gateway import Answered, Gateway, Opened
from bot.server.incoming import MAX_SEQ, Refused, read_json, read_message, read_rating

answer_json = partial(_json, dumps=partial(json.dumps, ensure_ascii=False))


def opened_content(opened: Opened, token: str | None) -> dict[str, Any]:
    """What a citizen is told of the conversation they have come to."""
    return opened.standing.shown() | {
        "token": opened.token or token,
        "code": opened.conversation.code,
        "messages": [message.public() for message in opened.messages],
    }


def answered_content(answered: Answered) -> dict[str, Any]:
    """What a citizen is told after an act."""
    return answered.standing.shown() | {"messages": [message.public() for message in answered.messages]}


def chat_http(
    gateway: Gateway, tokens: SessionTokens, proxies: Networks, config: Callable[[], Awaitable[dict[str, Any]]]
) -> Blueprint:
    """The routes. `config` gives what the widget needs to know of the municipality."""
    routes = Blueprint("chat_http", url_prefix="/api/chat")

    def session_of(request: Request) -> Session:
        session = tokens.read(request.token or "")
        if session is None:
            raise Refused("unauthorised")
        return session

    def renewed(session: Session) -> dict[str, str]:
        token = tokens.renewed(session)
        return {"token": token} if token else {}

    @routes.get("/config")
    async def get_config(request: Request) -> HTTPResponse:
        return answer_json(await config(), headers={"Cache-Control": "public, max-age=10"})

    @routes.post("/session")
    async def open_session(request: Request) -> HTTPResponse:
        token = read_json(request.body or b"{}").get("token") or request.token
        if not isinstance(token, str | None):
            raise Refused("bad_request")
        address = client_address(request, proxies)
        opened = await gateway.open(token, address)
        caught_up = await gateway.catch_up(opened.conversation.id)
        return answer_json(
            opened_content(opened, token) | {"messages": [m.public() for m in opened.messages + caught_up]}
        )

    @routes.post("/messages")
    async def send(request: Request) -> HTTPResponse:
        session = session_of(request)
        incoming = read_message(read_json(request.body))
        answered = await gateway.receive(session.conversation_id, incoming, client_address(request, proxies))
        return answer_json(answered_content(answered) | renewed(session))

    @routes.get("/messages")
    async def fetch(request: Request) -> HTTPResponse:
        session = session_of(request)
        after = request.args.get("after", "0")
        if not after.isascii() or not after.isdigit() or int(after[:11]) > MAX_SEQ:
            raise Refused("bad_request")
        answered = await gateway.messages(session.conversation_id, int(after))
        if answered is None:
            raise Refused("unauthorised")
        return answer_json(answered_content(answered) | renewed(session))

    @routes.post("/feedback")
    async def rate(request: Request) -> HTTPResponse:
        session = session_of(request)
        rating = read_rating(read_json(request.body))
        await gateway.rate(session.conversation_id, rating, client_address(request, proxies))
        return answer_json({"ok": True} | renewed(session))

    @routes.post("/reset")
    async def reset(request: Request) -> HTTPResponse:
        session = session_of(request)
        opened = await gateway.reset(session.conversation_id, client_address(request, proxies))
        return answer_json(opened_content(opened, None))

    @routes.post("/cancel")
    async def cancel(request: Request) -> HTTPResponse:
        session = session_of(request)
        answered = await gateway.cancel(session.conversation_id, client_address(request, proxies))
        return answer_json(answered_content(answered) | renewed(session))

    async def preflight(request: Request) -> HTTPResponse:
        return empty()

    for act in ("config", "session", "messages", "feedback", "reset", "cancel"):
        routes.add_route(preflight, f"/{act}", methods=["OPTIONS"], name=f"preflight_{act}")

    return routes
