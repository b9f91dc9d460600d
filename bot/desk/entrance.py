"""The way in, whichever door was used."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.desk.context import Desk
from bot.desk.permission import Staff
from bot.desk.person_form import field
from bot.desk.visit import keep_login, visit_of

FRONT = "/desk"


def show_login(
    desk: Desk, request: Request, status: int = 200, email: str = "", problem: str | None = None
) -> HTTPResponse:
    """The login page; `problem` is the key of a sentence."""
    return desk.pages.show(
        "login.html",
        request,
        None,
        status,
        email=email,
        problem=desk.texts.say(problem) if problem else None,
        after=inside(request.args.get("next") or field(request, "next")),
        by_password=desk.settings.local_login,
        by_provider=desk.settings.oidc_label if desk.single_sign_on else None,
    )


async def let_in(
    desk: Desk, request: Request, staff: Staff, after: str = FRONT, id_token: str | None = None
) -> HTTPResponse:
    """Begin a session, always a new one: a token from before the login must not be worth anything after it."""
    before = visit_of(request).session_token
    if before:
        await desk.sessions.end(before)
    token = await desk.sessions.begin(staff.id, id_token)
    await desk.audit.note(staff, "login")
    response = redirect(after, status=303)
    keep_login(request, response, token)
    return response


def inside(address: str | None) -> str:
    """The address if it is a page of the desk: a link must not use the login to send someone to another site."""
    if address and (address == FRONT or address.startswith(f"{FRONT}/")) and "\\" not in address:
        return address
    return FRONT
