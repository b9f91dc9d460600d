"""For editors: what the bot could not answer, and what to make of it."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.acted import refused
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.studio.learning import WHYS, Learning, NoSuchService

LEARNING = "/desk/laering"
_PAGE_SIZE = 30


def learning_pages(desk: Desk) -> Blueprint:
    """`/desk/laering`."""
    routes = Blueprint("learning_pages", url_prefix=LEARNING)
    learning = Learning(desk.database, desk.studio.drafts, desk.studio.files, desk.engine)

    @routes.get("/")
    @allowed(Role.EDITOR)
    async def inbox(request: Request, staff: Staff) -> HTTPResponse:
        why = request.args.get("vis", "")
        why = why if why in WHYS else ""
        groups = await learning.groups(why or None)
        await desk.help.load()
        return desk.pages.show(
            "learning.html",
            request,
            staff,
            groups=groups[:_PAGE_SIZE],
            more=max(0, len(groups) - _PAGE_SIZE),
            why=why,
            whys=WHYS,
            titles=dict(sorted(desk.help.titles().items(), key=lambda pair: pair[1].casefold())),
        )

    @routes.post("/")
    @allowed(Role.EDITOR, most_bytes=200_000)
    async def settle(request: Request, staff: Staff) -> HTTPResponse:
        ids = request.form.getlist("sentence", [])
        if not ids:
            return refused(desk, request, staff, desk.texts.say("learning_nothing_chosen"), LEARNING, 400)
        if request.form.get("act") == "leave":
            await learning.leave(ids, staff.name)
            await desk.audit.note(staff, "learning_leave", antal=str(len(ids)))
            return done(LEARNING, "learning_left")
        service = request.form.get("service", "")
        try:
            await learning.teach(ids, service, staff.id, staff.name)
        except NoSuchService:
            return refused(desk, request, staff, desk.texts.say("learning_no_service"), LEARNING, 400)
        await desk.audit.note(staff, "learning_teach", service=service, antal=str(len(ids)))
        return done(LEARNING, "learning_taught")

    return routes
