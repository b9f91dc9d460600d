"""One conversation: read it, write to the citizen."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.conversation.clean import clean
from bot.desk.acted import refused
from bot.desk.chat_view import MAX_LENGTH, ReplyDraft, canned_of, owns, read_chat
from bot.desk.context import Desk
from bot.desk.permission import Role, Staff, allowed, wants_page
from bot.escalation.ticket import Ticket
from bot.server.chat_http import answer_json

CHATS = "/desk/samtale"
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_LINKS = 4


async def find_ticket(desk: Desk, ticket_id: str) -> Ticket:
    """The ticket. Raises NotFound."""
    ticket = await desk.queue.ticket(ticket_id)
    if ticket is None:
        raise NotFound("no such ticket")
    return ticket


def chat_path(ticket: Ticket) -> str:
    """The address of a conversation's page."""
    return f"{CHATS}/{ticket.id}"


def chat_pages(desk: Desk) -> Blueprint:
    """`/desk/samtale/<id>`, its fragments for scripts, the reply, and the search for services."""
    routes = Blueprint("chat_pages", url_prefix=CHATS)

    async def show(
        request: Request, staff: Staff, ticket: Ticket, draft: ReplyDraft | None = None, status: int = 200
    ) -> HTTPResponse:
        values = await read_chat(desk, ticket, staff, draft or ReplyDraft())
        return desk.pages.show("chat.html", request, staff, status, **values)

    @routes.get("/<ticket_id:str>")
    @allowed(Role.STAFF)
    async def chat(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        await desk.audit.note(staff, "chat_view", ticket.conversation_id)
        values = await read_chat(desk, ticket, staff, ReplyDraft())
        await desk.queue.seen(ticket.id, values["last_seq"])
        return desk.pages.show("chat.html", request, staff, **values)

    @routes.get("/<ticket_id:str>/beskeder")
    @allowed(Role.STAFF)
    async def new_messages(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        after = request.args.get("after", "0")
        known = int(after[:10]) if after.isascii() and after.isdecimal() else 0
        values = await read_chat(desk, ticket, staff, ReplyDraft(), known)
        # A page in a hidden tab has been fetched, but not read.
        if request.args.get("set") == "1" and ticket.unread:
            await desk.queue.seen(ticket.id, values["last_seq"])
        return desk.pages.show("_update.html", request, staff, **values)

    @routes.post("/<ticket_id:str>/svar")
    @allowed(Role.STAFF)
    async def reply(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        draft = _draft(request)
        act, _, chosen = request.form.get("act", "send").partition(":")
        if act != "send":
            return await show(request, staff, ticket, _helped(desk, staff, draft, act, chosen, request))
        fault = _fault(desk, ticket, staff, draft)
        if fault and not wants_page(request):
            return refused(desk, request, staff, fault, chat_path(ticket), 409 if not owns(ticket, staff) else 400)
        if fault:
            return await show(request, staff, ticket, replace(draft, fault=fault), 409)
        cards = desk.help.cards(draft.links)
        message = await desk.handover.say(ticket, staff, draft.text, cards, draft.client_id)
        await desk.audit.note(staff, "chat_reply", ticket.conversation_id)
        if wants_page(request):
            return redirect(f"{chat_path(ticket)}#svar", status=303)
        return answer_json({"seq": message.seq})

    return routes


def service_search(desk: Desk) -> Blueprint:
    """`/desk/ydelser?q=`: services by what staff type, for the pages' scripts."""
    routes = Blueprint("service_search", url_prefix="/desk/ydelser")

    @routes.get("/")
    @allowed()
    async def search(request: Request, staff: Staff) -> HTTPResponse:
        found = desk.help.find(request.args.get("q", "")[:100])
        return answer_json(
            [
                {
                    "id": entry.id,
                    "title": entry.title,
                    "department": entry.department,
                    "links": [
                        {"value": f"{entry.id}:{number}", "label": card["label"], "url": card["url"]}
                        for number in range(len(entry.links))
                        for card in desk.help.cards([f"{entry.id}:{number}"])
                    ],
                }
                for entry in found
            ]
        )

    return routes


def _draft(request: Request) -> ReplyDraft:
    client_id = request.form.get("client_id", "")
    return ReplyDraft(
        text=clean(request.form.get("text", "")),
        links=tuple(dict.fromkeys(request.form.getlist("link", [])))[:_MOST_LINKS],
        client_id=client_id if _CLIENT_ID.fullmatch(client_id) else str(uuid4()),
    )


def _helped(desk: Desk, staff: Staff, draft: ReplyDraft, act: str, chosen: str, request: Request) -> ReplyDraft:
    """The draft after one of the helps of a browser without scripts: `use:<service>`, `card:<link>`, `canned`, `find`."""
    if act == "find":
        return replace(draft, found=desk.help.find(request.form.get("find", "")[:100]))
    if act == "card":
        return replace(draft, links=(*draft.links, chosen))
    if act == "use" and (entry := desk.help.get(chosen)):
        return replace(draft, text=_added(draft.text, entry.service.answer), links=(*draft.links, f"{chosen}:0"))
    if act == "canned":
        wanted = request.form.get("canned", "")
        text = next((one.text for one in canned_of(desk, staff) if one.id == wanted), "")
        return replace(draft, text=_added(draft.text, text))
    return draft


def _added(text: str, more: str) -> str:
    return f"{text}\n{more}".strip()


def _fault(desk: Desk, ticket: Ticket, staff: Staff, draft: ReplyDraft) -> str | None:
    """Why the reply can't be sent."""
    if not owns(ticket, staff):
        name = ticket.owner_name if ticket.state == "human" else None
        return desk.texts.say("chat_not_yours", navn=name) if name else desk.texts.say("chat_not_taken")
    if not draft.text:
        return desk.texts.say("chat_empty")
    if len(draft.text) > MAX_LENGTH:
        return desk.texts.say("chat_too_long", antal=str(len(draft.text) - MAX_LENGTH))
    return None
