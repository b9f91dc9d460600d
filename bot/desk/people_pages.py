"""For administrators: who may use the desk, and for what."""

from __future__ import annotations

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.accounts import EmailTaken, LastAdministrator, Person
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.desk.person_form import chosen_roles, email_problem, field, name_problem
from bot.server.address import own_address

_PAGE = "/desk/people"


def people_pages(desk: Desk) -> Blueprint:
    """`/desk/people…`."""
    routes = Blueprint("desk_people", url_prefix=_PAGE)

    @routes.get("/")
    @allowed(Role.ADMINISTRATOR)
    async def people(request: Request, staff: Staff) -> HTTPResponse:
        everyone = await desk.accounts.people()
        return desk.pages.show(
            "people.html", request, staff, people=everyone, departments=desk.municipality.departments
        )

    @routes.get("/invite")
    @allowed(Role.ADMINISTRATOR)
    async def invitation(request: Request, staff: Staff) -> HTTPResponse:
        return _form(
            desk, request, staff, "person_new.html", {}, name="", email="", chosen={Role.STAFF}, department=None
        )

    @routes.post("/invite")
    @allowed(Role.ADMINISTRATOR)
    async def invite(request: Request, staff: Staff) -> HTTPResponse:
        name, email, roles, department = _written(request, desk)
        problems = _problems(name=name_problem(name), email=email_problem(email), role=_role_problem(roles))
        if not problems:
            try:
                person, token = await desk.accounts.invite(name, email, roles, department)
            except EmailTaken:
                problems = {"email": "email_taken"}
            else:
                await desk.audit.note(staff, "invite", person=person.name)
                return _show_link(desk, request, staff, person, token, is_new=True)
        return _form(
            desk,
            request,
            staff,
            "person_new.html",
            problems,
            name=name,
            email=email,
            chosen=roles,
            department=department,
        )

    @routes.get("/<person_id:str>")
    @allowed(Role.ADMINISTRATOR)
    async def show(request: Request, staff: Staff, person_id: str) -> HTTPResponse:
        person = await _find(desk, person_id)
        return _form(desk, request, staff, "person.html", {}, person=person)

    @routes.post("/<person_id:str>")
    @allowed(Role.ADMINISTRATOR)
    async def change(request: Request, staff: Staff, person_id: str) -> HTTPResponse:
        person = await _find(desk, person_id)
        name, _, roles, department = _written(request, desk)
        if person.single_sign_on:
            # The provider decides these, and would set them again at the next login.
            name, roles = person.staff.name, person.staff.roles
        problems = _problems(name=name_problem(name), role=_role_problem(roles) if not person.single_sign_on else None)
        if not problems:
            try:
                await desk.accounts.change(person_id, name, roles, department)
            except LastAdministrator:
                problems = {"role": "last_administrator"}
            else:
                given = ", ".join(sorted(role.value for role in roles))
                await desk.audit.note(staff, "person_changed", person=name, roles=given)
                return done(_PAGE, "saved")
        return _form(desk, request, staff, "person.html", problems, person=person)

    @routes.post("/<person_id:str>/active")
    @allowed(Role.ADMINISTRATOR)
    async def set_active(request: Request, staff: Staff, person_id: str) -> HTTPResponse:
        person = await _find(desk, person_id)
        active = field(request, "active") == "yes"
        try:
            await desk.accounts.set_active(person_id, active)
        except LastAdministrator:
            return _form(desk, request, staff, "person.html", {"active": "last_administrator"}, person=person)
        await desk.audit.note(staff, "activated" if active else "deactivated", person=person.staff.name)
        return done(_PAGE, "activated" if active else "deactivated")

    @routes.post("/<person_id:str>/link")
    @allowed(Role.ADMINISTRATOR)
    async def new_link(request: Request, staff: Staff, person_id: str) -> HTTPResponse:
        person = await _find(desk, person_id)
        if person.single_sign_on or not person.active:
            raise NotFound("no password to choose")
        token = await desk.accounts.new_link(person_id)
        await desk.audit.note(staff, "password_link", person=person.staff.name)
        return _show_link(desk, request, staff, person.staff, token, is_new=False)

    return routes


async def _find(desk: Desk, person_id: str) -> Person:
    person = await desk.accounts.person(person_id)
    if person is None:
        raise NotFound("no such person")
    return person


def _form(
    desk: Desk, request: Request, staff: Staff, template: str, problems: dict[str, str], **values: object
) -> HTTPResponse:
    return desk.pages.show(
        template,
        request,
        staff,
        400 if problems else 200,
        roles=list(Role),
        departments=desk.municipality.departments,
        problems={name: desk.texts.say(f"problem_{key}") for name, key in problems.items()},
        **values,
    )


def _show_link(desk: Desk, request: Request, staff: Staff, person: Staff, token: str, is_new: bool) -> HTTPResponse:
    # The answer to the form itself: the link is shown once, is kept nowhere and stands in no address.
    address = f"{own_address(request, desk.settings.trusted_proxies)}/desk/invite/{token}"
    return desk.pages.show("link.html", request, staff, person=person, address=address, is_new=is_new)


def _written(request: Request, desk: Desk) -> tuple[str, str, frozenset[Role], str | None]:
    department = field(request, "department")
    known = department if department in desk.municipality.departments else None
    return field(request, "name"), field(request, "email"), chosen_roles(request), known


def _problems(**keys: str | None) -> dict[str, str]:
    return {name: key for name, key in keys.items() if key}


def _role_problem(roles: frozenset[Role]) -> str | None:
    return None if roles else "role_missing"
