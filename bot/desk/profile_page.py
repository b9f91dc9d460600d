"""One's own page: presence and password."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.conversation.rate_limit import Limit
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.passwords import password_problem
from bot.desk.permission import PRESENCES, Staff, allowed
from bot.desk.person_form import field
from bot.desk.visit import keep_login
from bot.server.address import client_address

_PAGE = "/desk/profile"


def profile_page(desk: Desk) -> Blueprint:
    """`/desk/profile…`."""
    routes = Blueprint("desk_profile", url_prefix=_PAGE)
    limit = Limit(desk.settings.login_per_minute, desk.settings.login_burst)

    async def page(
        request: Request, staff: Staff, problems: dict[str, str] | None = None, status: int = 200
    ) -> HTTPResponse:
        person = await desk.accounts.person(staff.id)
        return desk.pages.show(
            "profile.html",
            request,
            staff,
            status,
            presences=PRESENCES,
            departments=desk.municipality.departments,
            has_password=person is not None and not person.single_sign_on,
            problems={field: desk.texts.say(f"problem_{key}") for field, key in (problems or {}).items()},
        )

    @routes.get("/")
    @allowed()
    async def profile(request: Request, staff: Staff) -> HTTPResponse:
        return await page(request, staff)

    @routes.post("/presence")
    @allowed()
    async def set_presence(request: Request, staff: Staff) -> HTTPResponse:
        presence = field(request, "presence")
        if presence in PRESENCES:
            await desk.accounts.set_presence(staff.id, presence)
        return done(_PAGE, "saved")

    @routes.post("/password")
    @allowed()
    async def change_password(request: Request, staff: Staff) -> HTTPResponse:
        password = request.form.get("password", "")
        problem = password_problem(password, staff.name, staff.email)
        if problem:
            return await page(request, staff, {"password": f"password_{problem}"}, 400)
        if request.form.get("again", "") != password:
            return await page(request, staff, {"again": "password_differs"}, 400)
        wait = await desk.rate_limit.take(f"login:{client_address(request, desk.settings.trusted_proxies)}", limit)
        if wait or not await desk.accounts.change_password(staff, request.form.get("old", ""), password):
            return await page(request, staff, {"old": "password_old"}, 400)
        await desk.audit.note(staff, "password_changed")
        # All sessions have ended, this one too: whoever knew the old password is out.
        response = done(_PAGE, "password_changed")
        keep_login(request, response, await desk.sessions.begin(staff.id))
        return response

    return routes
