"""One-time links: the first administrator, an invitation, a password to choose anew."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.accounts import EmailTaken, LinkVoid
from bot.desk.context import Desk
from bot.desk.entrance import let_in
from bot.desk.passwords import password_problem
from bot.desk.permission import anyone
from bot.desk.person_form import email_problem, field, name_problem


def link_pages(desk: Desk) -> Blueprint:
    """`/desk/setup/…` and `/desk/invite/…`. Only the form uses a link up: mail programs look at links by themselves."""
    routes = Blueprint("desk_links", url_prefix="/desk")

    def void(request: Request) -> HTTPResponse:
        return desk.pages.error(request, None, "link_void", 410)

    @routes.get("/setup/<token:str>")
    @anyone
    async def show_setup(request: Request, token: str) -> HTTPResponse:
        if not await desk.accounts.first_link_works(token):
            return void(request)
        return desk.pages.show("setup.html", request, None, problems={}, name="", email="")

    @routes.post("/setup/<token:str>")
    @anyone
    async def set_up(request: Request, token: str) -> HTTPResponse:
        if not await desk.accounts.first_link_works(token):
            return void(request)
        name, email = field(request, "name"), field(request, "email")
        problems = _problems(desk, name=name_problem(name), email=email_problem(email))
        problems |= _password_problems(desk, request, name, email)
        if not problems:
            try:
                staff = await desk.accounts.make_first(token, name, email, request.form.get("password", ""))
            except LinkVoid:
                return void(request)
            except EmailTaken:
                problems = _problems(desk, email="email_taken")
            else:
                await desk.audit.note(staff, "setup")
                # What comes next is to invite the others.
                return await let_in(desk, request, staff, "/desk/people")
        return desk.pages.show("setup.html", request, None, 400, problems=problems, name=name, email=email)

    @routes.get("/invite/<token:str>")
    @anyone
    async def show_invite(request: Request, token: str) -> HTTPResponse:
        person = await desk.accounts.linked(token)
        if person is None:
            return void(request)
        return desk.pages.show("invite.html", request, None, person=person, problems={})

    @routes.post("/invite/<token:str>")
    @anyone
    async def choose_password(request: Request, token: str) -> HTTPResponse:
        person = await desk.accounts.linked(token)
        if person is None:
            return void(request)
        problems = _password_problems(desk, request, person.name, person.email)
        if problems:
            return desk.pages.show("invite.html", request, None, 400, person=person, problems=problems)
        try:
            staff = await desk.accounts.choose_password(token, request.form.get("password", ""))
        except LinkVoid:
            return void(request)
        await desk.audit.note(staff, "password_chosen")
        return await let_in(desk, request, staff)

    return routes


def _problems(desk: Desk, **keys: str | None) -> dict[str, str]:
    return {name: desk.texts.say(f"problem_{key}") for name, key in keys.items() if key}


def _password_problems(desk: Desk, request: Request, name: str, email: str) -> dict[str, str]:
    password = request.form.get("password", "")
    problem = password_problem(password, name, email)
    if problem:
        return _problems(desk, password=f"password_{problem}")
    return _problems(desk, again="password_differs") if request.form.get("again", "") != password else {}
