"""Messages that citizens left: those that wait, one of them in plain words, and that it was answered."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import clock
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.escalation.contact import HOWS, ContactMessage
from bot.escalation.hours import StaffedHours, local_day, time_words
from bot.escalation.seal import Unreadable
from bot.live import DESK
from bot.texts import Texts

MAX_NOTE = 1000
"""Characters."""
_PATH = "/desk/beskeder"


def contact_pages(desk: Desk) -> Blueprint:
    """`/desk/beskeder` and `/desk/beskeder/<id>`."""
    routes = Blueprint("desk_contact", url_prefix=_PATH)
    hours = StaffedHours(desk.municipality)
    # The sentences on points in time are those that citizens are told.
    told = Texts.load(desk.settings.texts, desk.municipality.placeholders())

    def shown(message: ContactMessage) -> dict[str, Any]:
        entry = desk.help.get(message.service)
        return {
            "message": message,
            "subject": entry.title if entry else None,
            "department": desk.municipality.departments.get(message.department or ""),
            "due": time_words(message.due_at, clock.now(), told),
        }

    async def found(message_id: str) -> ContactMessage:
        message = await desk.contacts.get(message_id)
        if message is None:
            raise NotFound("no such message")
        return message

    async def one(
        request: Request, staff: Staff, message: ContactMessage, problems: dict[str, str], filled_in: dict[str, str]
    ) -> HTTPResponse:
        try:
            words = await desk.contacts.read(message.id)
        except Unreadable:
            words = None
        # Noted even if it could not be read: that someone asked is what the log is for.
        await desk.audit.note(staff, "contact_view", message.conversation_id)
        return desk.pages.show(
            "contact.html",
            request,
            staff,
            400 if problems else 200,
            **shown(message),
            words=words,
            hows=HOWS,
            problems=problems,
            filled_in=filled_in,
            most=MAX_NOTE,
        )

    @routes.get("/")
    @allowed(Role.STAFF)
    async def waiting(request: Request, staff: Staff) -> HTTPResponse:
        answered = request.args.get("vis") == "besvarede"
        listed = await (desk.contacts.answered_list() if answered else desk.contacts.open_list())
        today = local_day(clock.now())
        return desk.pages.show(
            "contacts.html",
            request,
            staff,
            answered=answered,
            rows=[shown(message) for message in listed],
            overdue=sum(message.overdue for message in listed),
            why_closed=hours.why_closed(today),
            contact_days=desk.settings.contact_days,
        )

    @routes.get("/<message_id:str>")
    @allowed(Role.STAFF)
    async def read(request: Request, staff: Staff, message_id: str) -> HTTPResponse:
        return await one(request, staff, await found(message_id), {}, {"how": "", "note": ""})

    @routes.post("/<message_id:str>")
    @allowed(Role.STAFF)
    async def answer(request: Request, staff: Staff, message_id: str) -> HTTPResponse:
        message = await found(message_id)
        how, note = request.form.get("how", ""), request.form.get("note", "").strip()
        problems = {}
        if how not in HOWS:
            problems["how"] = desk.texts.say("problem_contact_how")
        if len(note) > MAX_NOTE:
            problems["note"] = desk.texts.say("problem_contact_note", mest=str(MAX_NOTE))
        if problems:
            return await one(request, staff, message, problems, {"how": how, "note": note})
        if not await desk.contacts.answer(message_id, staff.id, staff.name, how, note):
            return done(_PATH, "contact_taken")
        await desk.audit.note(
            staff, "contact_answer", message.conversation_id, how=desk.texts.say(f"contact_how_{how}")
        )
        desk.live.tell(DESK, {"type": "contact"})
        return done(_PATH, "contact_answered")

    return routes
