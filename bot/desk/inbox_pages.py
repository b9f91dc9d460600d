"""The inbox: who waits longest and why, taken with one click."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import clock
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.desk.waiting import wait
from bot.escalation.ticket import OUTCOMES, REASONS, VIEWS, Taken

PAGE_LENGTH = 100
INBOX = "/desk/indbakke"
_MOST_SEARCHED = 100
"""Characters of a search."""


@dataclass(frozen=True)
class Asked:
    """What the address of the inbox asks for; `page` from 1. Unknown values are left out."""

    view: str = "waiting"
    department: str | None = None
    reason: str | None = None
    search: str = ""
    page: int = 1

    @classmethod
    def of(cls, request: Request, desk: Desk) -> Asked:
        """From the request's query."""
        page = request.args.get("side", "1")[:6]
        return cls(
            view=_known(request.args.get("vis"), VIEWS) or "waiting",
            department=_known(request.args.get("afdeling"), tuple(desk.municipality.departments)),
            reason=_known(request.args.get("grund"), REASONS),
            search=request.args.get("find", "").strip()[:_MOST_SEARCHED],
            page=int(page) if page.isascii() and page.isdecimal() and int(page) > 0 else 1,
        )

    def query(self, **changed: Any) -> str:
        """The query that asks for this, with some of it changed."""
        kept = vars(self) | changed
        names = {"view": "vis", "department": "afdeling", "reason": "grund", "search": "find", "page": "side"}
        plain = {"view": "waiting", "page": 1}
        return urlencode({names[key]: value for key, value in kept.items() if value and value != plain.get(key)})


def inbox_pages(desk: Desk) -> Blueprint:
    """`/desk/indbakke`, its list alone for scripts, and closing many at once."""
    routes = Blueprint("inbox_pages", url_prefix=INBOX)

    async def values(staff: Staff, asked: Asked) -> dict[str, Any]:
        tickets, counts, _ = await asyncio.gather(
            desk.queue.tickets(
                view=asked.view,
                staff_id=staff.id,
                department=asked.department,
                reason=asked.reason,
                search=asked.search,
                limit=PAGE_LENGTH + 1,
                offset=(asked.page - 1) * PAGE_LENGTH,
            ),
            desk.queue.counts(staff.id),
            desk.help.load(),
        )
        moment = clock.now()
        return {
            "tickets": tickets[:PAGE_LENGTH],
            "waits": {ticket.id: wait(ticket.waiting_since, ticket.closed_at or moment) for ticket in tickets},
            "titles": desk.help.titles(),
            "has_more": len(tickets) > PAGE_LENGTH,
            "counts": counts,
            "asked": asked,
            "reasons": REASONS,
            "outcomes": OUTCOMES,
            "departments": desk.municipality.departments,
        }

    @routes.get("/")
    @allowed(Role.STAFF)
    async def inbox(request: Request, staff: Staff) -> HTTPResponse:
        asked = Asked.of(request, desk)
        if asked.search:
            await desk.audit.note(staff, "chat_search")
        return desk.pages.show("inbox.html", request, staff, **await values(staff, asked))

    @routes.get("/liste")
    @allowed(Role.STAFF)
    async def queue(request: Request, staff: Staff) -> HTTPResponse:
        return desk.pages.show("_queue.html", request, staff, **await values(staff, Asked.of(request, desk)))

    @routes.post("/luk")
    @allowed(Role.STAFF)
    async def close_many(request: Request, staff: Staff) -> HTTPResponse:
        asked = Asked.of(request, desk)
        chosen, outcome = request.form.getlist("ticket", []), request.form.get("outcome", "")
        back = f"{INBOX}?{asked.query()}"
        if not chosen or outcome not in OUTCOMES:
            return done(back, "inbox_nothing_chosen")
        closed = 0
        for ticket_id in chosen[:PAGE_LENGTH]:
            try:
                ticket = await desk.handover.close(ticket_id, outcome)
            except (Taken, KeyError):
                continue  # ended meanwhile: what was wanted
            await desk.audit.note(staff, "chat_close", ticket.conversation_id, outcome=outcome)
            closed += 1
        return done(back, "inbox_closed_one" if closed == 1 else "inbox_closed_many")

    return routes


def _known(value: str | None, known: tuple[str, ...]) -> str | None:
    return value if value in known else None
