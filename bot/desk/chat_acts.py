"""Who has a conversation: take it, pass it on, end it, open it again."""

from __future__ import annotations

from collections.abc import Awaitable

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.acted import acted, refused, taken_sentence
from bot.desk.chat_pages import CHATS, chat_path, find_ticket
from bot.desk.chat_view import owns
from bot.desk.context import Desk
from bot.desk.inbox_pages import INBOX
from bot.desk.permission import Role, Staff, allowed
from bot.escalation.ticket import OUTCOMES, Taken, Ticket


def chat_acts(desk: Desk) -> Blueprint:
    """The buttons of the conversation's page, each a POST under `/desk/samtale/<id>/`."""
    routes = Blueprint("chat_acts", url_prefix=CHATS)

    async def settle(
        request: Request,
        staff: Staff,
        ticket: Ticket,
        act: Awaitable[Ticket],
        key: str,
        then: str | None = None,
        back: str | None = None,
        **detail: str,
    ) -> HTTPResponse:
        """Do `act`, note it as `chat_<key>`, say `done_chat_<key>` at `then`; or say at `back` that somebody was first."""
        try:
            await act
        except Taken as taken:
            return refused(desk, request, staff, taken_sentence(desk, taken), back or chat_path(ticket))
        await desk.audit.note(staff, f"chat_{key}", ticket.conversation_id, **detail)
        return acted(desk, request, then or chat_path(ticket), f"chat_{key}")

    @routes.post("/<ticket_id:str>/tag")
    @allowed(Role.STAFF)
    async def claim(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        if owns(ticket, staff):  # a double click
            return acted(desk, request, chat_path(ticket), "chat_claim")
        return await settle(request, staff, ticket, desk.handover.claim(ticket.id, staff), "claim", back=INBOX)

    @routes.post("/<ticket_id:str>/overtag")
    @allowed(Role.STAFF)
    async def take_over(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        taken = desk.handover.transfer(ticket.id, colleague=staff)
        return await settle(request, staff, ticket, taken, "take_over", fra=ticket.owner_name or "")

    @routes.post("/<ticket_id:str>/flyt")
    @allowed(Role.STAFF)
    async def transfer(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        kind, _, chosen = request.form.get("to", "").partition(":")
        colleagues = {
            colleague.id: colleague for colleague in await desk.accounts.colleagues() if colleague.may(Role.STAFF)
        }
        if kind == "staff" and chosen in colleagues:
            moved, whom = desk.handover.transfer(ticket.id, colleague=colleagues[chosen]), colleagues[chosen].name
        elif kind == "department" and chosen in desk.municipality.departments:
            moved, whom = desk.handover.transfer(ticket.id, department=chosen), desk.municipality.departments[chosen]
        else:
            return refused(desk, request, staff, desk.texts.say("chat_choose_whom"), chat_path(ticket), 400)
        return await settle(request, staff, ticket, moved, "transfer", then=INBOX, til=whom)

    @routes.post("/<ticket_id:str>/tilbage")
    @allowed(Role.STAFF)
    async def hand_back(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        return await settle(request, staff, ticket, desk.handover.hand_back(ticket.id), "hand_back", then=INBOX)

    @routes.post("/<ticket_id:str>/luk")
    @allowed(Role.STAFF)
    async def close(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        outcome = request.form.get("outcome", "")
        if outcome not in OUTCOMES:
            return refused(desk, request, staff, desk.texts.say("chat_choose_outcome"), chat_path(ticket), 400)
        closed = desk.handover.close(ticket.id, outcome)
        return await settle(request, staff, ticket, closed, "close", then=INBOX, outcome=outcome)

    @routes.post("/<ticket_id:str>/genaabn")
    @allowed(Role.STAFF)
    async def reopen(request: Request, staff: Staff, ticket_id: str) -> HTTPResponse:
        ticket = await find_ticket(desk, ticket_id)
        return await settle(request, staff, ticket, desk.handover.reopen(ticket.id, staff), "reopen")

    return routes
