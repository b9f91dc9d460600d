"""What staff write beside a conversation: notes to each other, and what the bot should learn."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.conversation.clean import clean
from bot.desk.acted import acted, refused
from bot.desk.chat_pages import CHATS, chat_path, find_ticket
from bot.desk.context import Desk
from bot.desk.permission import Role, Staff, allowed
from bot.escalation.notes import MAX_LENGTH, Notes
from bot.escalation.proposals import KINDS, Proposals
from bot.escalation.ticket import Ticket
from bot.live import DESK
from bot.server.incoming import MAX_SEQ

_MAX_TITLE = 120


def chat_remarks(desk: Desk) -> Blueprint:
    """The forms for notes and learning, each a POST under `/desk/samtale/<id>/`."""
    routes = Blueprint("chat_remarks", url_prefix=CHATS)
    notes, proposals = Notes(desk.database), Proposals(desk.database)

    async def kept(request: Request, staff: Staff, ticket: Ticket, key: str, **detail: str) -> HTTPResponse:
        """Note `chat_<key>`, show it to colleagues, and say `done_chat_<key>`."""
        await desk.audit.note(staff, f"chat_{key}", ticket.conversation_id, **detail)
        desk.live.tell(DESK, {"type": "conversation", "conversation": ticket.conversation_id})
        return acted(desk, request, chat_path(ticket), f"chat_{key}")

    @routes.post("/<ticket_id:str>/note")
    @allowed(Role.STAFF)
    async def note(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        text = clean(request.form.get("note", ""))
        if not text or len(text) > MAX_LENGTH:
            return refused(desk, request, staff, desk.texts.say("chat_note_length"), chat_path(ticket), 400)
        await notes.add(ticket.conversation_id, staff.id, staff.name, text)
        return await kept(request, staff, ticket, "note")

    @routes.post("/<ticket_id:str>/laer")
    @allowed(Role.STAFF)
    async def teach(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        kind, seq = request.form.get("kind", ""), request.form.get("seq", "")
        title = service = None
        if kind == "new_subject":
            title = clean(request.form.get("title", ""))[:_MAX_TITLE] or None
        else:
            # A one-click button names its service itself.
            entry = desk.help.named(request.form.get("quick") or request.form.get("service", ""))
            service = entry.id if entry else None
        if kind not in KINDS or not (title or service):
            return refused(desk, request, staff, desk.texts.say("chat_choose_service"), chat_path(ticket), 400)
        proposal = await proposals.propose(
            kind,
            ticket.conversation_id,
            min(int(seq[:10]), MAX_SEQ) if seq.isascii() and seq.isdecimal() else 0,
            author_id=staff.id,
            author_name=staff.name,
            service=service,
            title=title,
        )
        if proposal is None:
            return refused(desk, request, staff, desk.texts.say("chat_no_such_sentence"), chat_path(ticket), 400)
        return await kept(request, staff, ticket, "teach", kind=kind)

    return routes
