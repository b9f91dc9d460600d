"""For editors: notices to all citizens, and how the chat looks and greets."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import clock
from bot.conversation.clean import clean
from bot.desk.context import Desk
from bot.desk.page import LOCAL, done
from bot.desk.permission import Role, Staff, allowed
from bot.studio.chat_settings import MOST_LETTERS
from bot.studio.notices import MOST_TEXT, SEVERITIES, Faulty, NoticeDraft, Notices

CHAT = "/desk/chatten"


def chat_settings_pages(desk: Desk) -> Blueprint:
    """`/desk/chatten`."""
    routes = Blueprint("chat_settings_pages", url_prefix=CHAT)
    notices = Notices(desk.database, desk.texts)
    chat = desk.chat

    @routes.get("/")
    @allowed(Role.EDITOR)
    async def overview(request: Request, staff: Staff) -> HTTPResponse:
        return await page(request, staff, {}, {})

    @routes.post("/besked")
    @allowed(Role.EDITOR)
    async def post_notice(request: Request, staff: Staff) -> HTTPResponse:
        written = {name: clean(request.form.get(name, "")) for name in ("text", "text_english", "severity")}
        begins = _moment(request, "begins_at") or clock.now()
        ends = _moment(request, "ends_at") or begins + timedelta(days=1)
        draft = NoticeDraft(
            written["text"], begins, ends, written["severity"] or SEVERITIES[0], written["text_english"]
        )
        try:
            await notices.post(draft, staff.id, staff.name)
        except Faulty as faulty:
            return await page(request, staff, faulty.faults, written)
        chat.forget()
        await desk.audit.note(staff, "notice_posted", tekst=draft.text[:80])
        return done(CHAT, "notice_posted")

    @routes.post("/besked/<notice_id:str>/fjern")
    @allowed(Role.EDITOR)
    async def remove_notice(request: Request, staff: Staff, notice_id: str) -> HTTPResponse:
        await notices.remove(notice_id, staff.id, staff.name)
        chat.forget()
        await desk.audit.note(staff, "notice_removed")
        return done(CHAT, "notice_removed")

    @routes.post("/")
    @allowed(Role.EDITOR)
    async def save(request: Request, staff: Staff) -> HTTPResponse:
        values: dict[str, object] = {name: clean(request.form.get(name, "")) for name in (*MOST_LETTERS, "colour")}
        values["on"] = request.form.get("on") == "1"
        try:
            await chat.set(values, staff.id, staff.name)
        except Faulty as faulty:
            return await page(request, staff, faulty.faults, values)
        await desk.audit.note(staff, "chat_settings")
        return done(CHAT, "chat_settings")

    @routes.post("/tilbage/<version:int>")
    @allowed(Role.EDITOR)
    async def restore(request: Request, staff: Staff, version: int) -> HTTPResponse:
        await chat.restore(version, staff.id, staff.name)
        await desk.audit.note(staff, "chat_settings")
        return done(CHAT, "chat_settings")

    async def page(
        request: Request, staff: Staff, problems: dict[str, str], written: dict[str, object] | dict[str, str]
    ) -> HTTPResponse:
        history = await chat.history(limit=10)
        values = dict(history[0].values) if history else {}
        return desk.pages.show(
            "chat_settings.html",
            request,
            staff,
            400 if problems else 200,
            look=await chat.current(),
            values=dict.fromkeys(MOST_LETTERS, "") | {"colour": ""} | values,
            written=dict.fromkeys(("text", "text_english", "severity"), "") | dict(written),
            problems=problems,
            notices=await notices.ahead(),
            severities=SEVERITIES,
            most_text=MOST_TEXT,
            most=MOST_LETTERS,
            history=history,
            now=clock.now(),
        )

    return routes


def _moment(request: Request, field: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(request.form.get(field, "")).replace(tzinfo=LOCAL)
    return None
