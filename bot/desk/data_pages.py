"""For administrators: what is kept how long, and a citizen's wish to see or be rid of a conversation."""

from __future__ import annotations

import json

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.escalation.retention import Retention
from bot.escalation.seal import Unreadable
from bot.escalation.subject_access import Holding, SubjectAccess

_PATH = "/desk/data"
_MOST_CODE = 20


def data_pages(desk: Desk) -> Blueprint:
    """`/desk/data`, and below it: purge now, export and erase."""
    routes = Blueprint("desk_data", url_prefix=_PATH)
    settings = desk.settings
    retention = Retention(desk.database, desk.contacts, settings.retention_days, settings.contact_days)
    access = SubjectAccess(desk.database, desk.contacts, desk.engine.forget)

    async def page(
        request: Request, staff: Staff, code: str, found: Holding | None, problems: dict[str, str]
    ) -> HTTPResponse:
        return desk.pages.show(
            "data.html",
            request,
            staff,
            400 if problems else 200,
            retention=retention,
            purges=await retention.purges(),
            code=code,
            found=found,
            problems=problems,
        )

    async def named(request: Request) -> Holding:
        found = await access.find(request.form.get("code", "")[:_MOST_CODE])
        if found is None:
            raise NotFound("no such conversation")
        return found

    @routes.get("/")
    @allowed(Role.ADMINISTRATOR)
    async def overview(request: Request, staff: Staff) -> HTTPResponse:
        code = request.args.get("kode", "").strip()[:_MOST_CODE]
        found = await access.find(code) if code else None
        if found:
            await desk.audit.note(staff, "data_find", found.id)
        problems = {"kode": desk.texts.say("problem_data_code")} if code and not found else {}
        return await page(request, staff, code, found, problems)

    @routes.post("/oprydning")
    @allowed(Role.ADMINISTRATOR)
    async def purge(request: Request, staff: Staff) -> HTTPResponse:
        report = await retention.purge()
        await desk.audit.note(staff, "data_purge", antal=str(report.conversations))
        return done(_PATH, "data_purged")

    @routes.post("/udskrift")
    @allowed(Role.ADMINISTRATOR)
    async def export(request: Request, staff: Staff) -> HTTPResponse:
        found = await named(request)
        try:
            kept = await access.export(found.id)
        except Unreadable:
            return await page(request, staff, found.code, found, {"export": desk.texts.say("problem_data_key")})
        await desk.audit.note(staff, "data_export", found.id)
        return raw(
            json.dumps(kept, ensure_ascii=False, indent=2).encode(),
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="samtale-{found.code}.json"'},
        )

    @routes.post("/sletning")
    @allowed(Role.ADMINISTRATOR)
    async def erase(request: Request, staff: Staff) -> HTTPResponse:
        found = await named(request)
        if request.form.get("sure") != "yes":
            return await page(request, staff, found.code, found, {"sure": desk.texts.say("problem_data_sure")})
        # Noted first: what is gone without a trace can't be accounted for.
        await desk.audit.note(staff, "data_erase", found.id)
        await access.erase(found.id)
        return done(_PATH, "data_erased")

    return routes
