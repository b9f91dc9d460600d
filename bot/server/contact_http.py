"""A message to staff when nobody can answer in the chat. The shapes are in `openapi.yml`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty

from bot import clock
from bot.catalogue.catalogue import Catalogue
from bot.conversation.clean import clean
from bot.conversation.rate_limit import Limit, RateLimit
from bot.conversation.session_token import SessionTokens
from bot.conversation.transcript import Draft, Transcript
from bot.escalation.contact import MAX_NAME, MAX_TEXT, Contacts, NoStaff
from bot.escalation.hours import time_words
from bot.escalation.reach import BadContact, Reach, read_reach
from bot.live import DESK, Live
from bot.server.address import Networks, client_address
from bot.server.chat_http import answer_json
from bot.server.incoming import CLIENT_ID, Refused, read_json
from bot.texts import Texts

_LOOKED_BACK = 20
"""Messages in which the subject is looked for."""
_MOST_CONTACT = 320
"""Characters of what is written as contact that are looked at: more than any address has."""


class Incomplete(Exception):
    """A field that can't be used: `code` is bad_contact, too_long or empty."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


@dataclass(frozen=True)
class Letter:
    """What the form holds."""

    client_id: str
    name: str
    reach: Reach
    text: str


def read_letter(content: dict[str, Any]) -> Letter:
    """The form from its JSON object. Raises Refused: bad_request; and Incomplete."""
    client_id, *written = (content.get(field) for field in ("client_id", "name", "contact", "text"))
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        raise Refused("bad_request")
    if not all(isinstance(value, str) for value in written):
        raise Refused("bad_request")
    name, contact, text = (clean(str(value)) for value in written)
    name = name.replace("\n", " ")
    for field, value, most in (("name", name, MAX_NAME), ("text", text, MAX_TEXT)):
        if not value:
            raise Incomplete("empty", field)
        if len(value) > most:
            raise Incomplete("too_long", field)
    try:
        reach = read_reach(contact[:_MOST_CONTACT])
    except BadContact:
        raise Incomplete("bad_contact", "contact") from None
    return Letter(client_id, name, reach, text)


def contact_http(
    *,
    contacts: Contacts,
    transcript: Transcript,
    tokens: SessionTokens,
    catalogue: Callable[[], Catalogue],
    live: Live,
    rate_limit: RateLimit,
    session_limit: Limit,
    address_limit: Limit,
    texts: Texts,
    proxies: Networks,
) -> Blueprint:
    """The route. `catalogue` gives the one in force."""
    routes = Blueprint("contact_http", url_prefix="/api/chat")

    async def allow(key: str, limit: Limit) -> None:
        wait = await rate_limit.take(key, limit)
        if wait:
            raise Refused("too_many", wait)

    async def subject_of(conversation_id: str) -> tuple[str | None, str | None]:
        recent = await transcript.last(conversation_id, _LOOKED_BACK)
        named = (message.meta.get("service") for message in reversed(recent))
        entry = catalogue().get(next(filter(None, named), None))
        return (entry.id, entry.service.department) if entry else (None, None)

    @routes.post("/contact")
    async def leave(request: Request) -> HTTPResponse:
        session = tokens.read(request.token or "")
        if session is None:
            raise Refused("unauthorised")
        conversation_id = session.conversation_id
        await allow(f"address:{client_address(request, proxies)}", address_limit)
        letter = read_letter(read_json(request.body))
        await allow(f"contact:{conversation_id}", session_limit)
        if await transcript.conversation(conversation_id) is None:
            raise Refused("unauthorised")
        service, department = await subject_of(conversation_id)
        left = await contacts.leave(
            conversation_id, letter.name, letter.reach, letter.text, department, service, letter.client_id
        )
        promise = texts.say("contact_promise", tid=time_words(left.due_at, clock.now(), texts))
        notice = Draft("system", promise, meta={"decision": "contact", "service": service}, client_id=left.id)
        message, new = await transcript.add(conversation_id, notice)
        if new:
            live.tell(conversation_id, {"type": "message", "message": message.public()})
            live.tell(DESK, {"type": "contact"})
        token = tokens.renewed(session)
        return answer_json({"ok": True, "text": message.text} | ({"token": token} if token else {}))

    @routes.exception(Incomplete)
    async def point_at_field(request: Request, error: Incomplete) -> HTTPResponse:
        most = {"name": str(MAX_NAME), "text": f"{MAX_TEXT:,}".replace(",", ".")}.get(error.field, "")
        text = texts.say(f"contact_{error.code}_{error.field}", mest=most)
        return answer_json({"error": {"code": error.code, "text": text, "field": error.field}}, status=400)

    @routes.exception(NoStaff)
    async def nobody_comes(request: Request, error: NoStaff) -> HTTPResponse:
        return answer_json({"error": {"code": "no_staff", "text": texts.say("contact_no_staff")}}, status=409)

    @routes.options("/contact")
    async def preflight(request: Request) -> HTTPResponse:
        return empty()

    return routes
