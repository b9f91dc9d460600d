"""Logging in with a password, and logging out."""

from __future__ import annotations

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.conversation.rate_limit import Limit
from bot.desk.context import Desk
from bot.desk.entrance import FRONT, inside, let_in, show_login
from bot.desk.page import done
from bot.desk.permission import LOGIN_PAGE, Staff, allowed, anyone
from bot.desk.person_form import field
from bot.desk.visit import forget_login, visit_of
from bot.server.address import client_address, own_address


def login_pages(desk: Desk) -> Blueprint:
    """`/desk`, `/desk/login` and `/desk/logout`."""
    routes = Blueprint("desk_login", url_prefix=FRONT)
    proxies = desk.settings.trusted_proxies
    limit = Limit(desk.settings.login_per_minute, desk.settings.login_burst)

    @routes.get("/")
    @allowed()
    async def front(request: Request, staff: Staff) -> HTTPResponse:
        return redirect(desk.pages.front(staff))

    @routes.get("/login")
    @anyone
    async def login(request: Request) -> HTTPResponse:
        visitor = visit_of(request).staff
        return redirect(desk.pages.front(visitor)) if visitor else show_login(desk, request)

    @routes.post("/login")
    @anyone
    async def log_in(request: Request) -> HTTPResponse:
        if not desk.settings.local_login:
            raise NotFound("local login is off")
        email = field(request, "email")
        wait = await desk.rate_limit.take(f"login:{client_address(request, proxies)}", limit)
        if wait:
            refused = show_login(desk, request, 429, email, "login_too_often")
            refused.headers["Retry-After"] = str(wait)
            return refused
        staff = await desk.accounts.log_in(email, request.form.get("password", ""))
        if staff is None:
            await desk.audit.note(None, "login_failed")
            return show_login(desk, request, 401, email, "login_wrong")
        return await let_in(desk, request, staff, inside(field(request, "next")))

    @routes.post("/logout")
    @allowed()
    async def log_out(request: Request, staff: Staff) -> HTTPResponse:
        id_token = await desk.sessions.end(visit_of(request).session_token or "")
        await desk.audit.note(staff, "logout")
        onwards = None
        if id_token and desk.single_sign_on:
            back_to = own_address(request, proxies) + LOGIN_PAGE
            onwards = await desk.single_sign_on.logout_address(id_token, back_to)
        # The page policy lets no form lead to another site, so a page of our own leads on to the provider.
        here_too = desk.pages.show("logged_out.html", request, None, onwards=onwards) if onwards else None
        response = here_too or done(LOGIN_PAGE, "logged_out")
        forget_login(request, response)
        return response

    @routes.get("/<path:path>")
    @allowed()
    async def unknown(request: Request, staff: Staff, path: str) -> HTTPResponse:
        if path.endswith("/") and (meant := path.strip("/")):
            return redirect(f"/desk/{meant}")
        raise NotFound("no such page of the desk")

    return routes
