"""For administrators: who did what, and when."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.context import Desk
from bot.desk.permission import Role, Staff, allowed


def log_page(desk: Desk) -> Blueprint:
    """`/desk/log`."""
    routes = Blueprint("desk_log", url_prefix="/desk/log")

    def label(act: str) -> str:
        key = f"act_{act}"
        return desk.texts.say(key) if key in desk.texts else act

    @routes.get("/")
    @allowed(Role.ADMINISTRATOR)
    async def log(request: Request, staff: Staff) -> HTTPResponse:
        asked = {key: request.args.get(key, "").strip() for key in ("person", "code", "act")}
        before = request.args.get("before", "")
        rows, following = await desk.audit.page(
            account_id=asked["person"],
            code=asked["code"].upper(),
            act=asked["act"],
            before=int(before) if before.isascii() and before.isdigit() and len(before) <= _DIGITS else None,
        )
        return desk.pages.show(
            "log.html",
            request,
            staff,
            rows=rows,
            label=label,
            asked=asked,
            people=await desk.accounts.people(),
            acts=sorted(((act, label(act)) for act in await desk.audit.acts()), key=lambda pair: pair[1]),
            following=following,
            is_first=not before,
        )

    return routes


_DIGITS = 9
"""Of a row's number: what every database takes."""
