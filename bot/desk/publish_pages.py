"""For editors: from drafts to the live bot, and back."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import clock
from bot.catalogue.problem import ContentError
from bot.conversation.clean import clean
from bot.desk.acted import refused
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.studio.drafts import Draft
from bot.studio.publications import NotNow, Publication
from bot.studio.state import Difference

PUBLISH = "/desk/udgiv"
_LOCAL = ZoneInfo("Europe/Copenhagen")
_MOST_REASON = 300


def publish_pages(desk: Desk) -> Blueprint:
    """`/desk/udgiv…`."""
    routes = Blueprint("publish_pages", url_prefix=PUBLISH)
    studio = desk.studio

    async def find(publication_id: str) -> Publication:
        found = await studio.publications.get(publication_id)
        if found is None:
            raise NotFound("no such publication")
        return found

    async def changes_of(draft: Draft) -> list[Difference]:
        try:
            return await studio.drafts.diff(draft)
        except ContentError as error:
            return [Difference("", str(problem.path.name), after=str(problem)) for problem in error.problems]

    @routes.get("/")
    @allowed(Role.EDITOR)
    async def overview(request: Request, staff: Staff) -> HTTPResponse:
        drafts = await studio.drafts.all()
        publications = await studio.publications.all()
        return desk.pages.show(
            "publish.html",
            request,
            staff,
            drafts=[(draft, await changes_of(draft)) for draft in drafts],
            publications=publications,
            title=title_of,
            state_word=lambda one: desk.texts.say(f"studio_state_{one.state}"),
            can_roll_back=can_roll_back(publications),
        )

    @routes.post("/")
    @allowed(Role.EDITOR, most_bytes=200_000)
    async def start(request: Request, staff: Staff) -> HTTPResponse:
        chosen = set(request.form.getlist("draft", []))
        drafts = [draft for draft in await studio.drafts.all() if f"{draft.layer}/{draft.id}" in chosen]
        reason = clean(request.form.get("reason", ""))[:_MOST_REASON]
        try:
            publication = await studio.publications.start(
                staff.id, staff.name, reason or desk.texts.say("publish_no_reason"), drafts, _moment(request, "at")
            )
        except NotNow as error:
            return refused(desk, request, staff, str(error), PUBLISH)
        await desk.audit.note(staff, "publish_start", services=", ".join(title_of(draft) for draft in drafts)[:200])
        return done(f"{PUBLISH}/{publication.id}", "publish_started")

    @routes.get("/<publication_id:str>")
    @allowed(Role.EDITOR)
    async def show(request: Request, staff: Staff, publication_id: str) -> HTTPResponse:
        return desk.pages.show("publication.html", request, staff, **await shown(await find(publication_id)))

    @routes.get("/<publication_id:str>/fremgang")
    @allowed(Role.EDITOR)
    async def progress(request: Request, staff: Staff, publication_id: str) -> HTTPResponse:
        return desk.pages.show("_publication.html", request, staff, **await shown(await find(publication_id)))

    async def shown(publication: Publication) -> dict[str, Any]:
        return {
            "publication": publication,
            "state_word": desk.texts.say(f"studio_state_{publication.state}"),
            "four_eyes": desk.settings.studio_four_eyes,
            "can_roll_back": can_roll_back(await studio.publications.all()) == publication.id,
        }

    @routes.post("/<publication_id:str>/godkend")
    @allowed(Role.EDITOR)
    async def approve(request: Request, staff: Staff, publication_id: str) -> HTTPResponse:
        try:
            await studio.publications.approve(publication_id, staff.id, staff.name, _moment(request, "at"))
        except NotNow as error:
            return refused(desk, request, staff, str(error), f"{PUBLISH}/{publication_id}")
        await desk.audit.note(staff, "publish_approve", publication=publication_id[:8])
        return done(f"{PUBLISH}/{publication_id}", "publish_approved")

    @routes.post("/<publication_id:str>/afbryd")
    @allowed(Role.EDITOR)
    async def cancel(request: Request, staff: Staff, publication_id: str) -> HTTPResponse:
        try:
            await studio.publications.cancel(publication_id, staff.id, staff.name)
        except NotNow as error:
            return refused(desk, request, staff, str(error), f"{PUBLISH}/{publication_id}")
        await desk.audit.note(staff, "publish_cancel", publication=publication_id[:8])
        return done(f"{PUBLISH}/{publication_id}", "publish_cancelled")

    @routes.post("/<publication_id:str>/igen")
    @allowed(Role.EDITOR)
    async def retry(request: Request, staff: Staff, publication_id: str) -> HTTPResponse:
        try:
            again = await studio.publications.retry(publication_id, staff.id, staff.name)
        except NotNow as error:
            return refused(desk, request, staff, str(error), f"{PUBLISH}/{publication_id}")
        await desk.audit.note(staff, "publish_start", publication=again.id[:8])
        return done(f"{PUBLISH}/{again.id}", "publish_started")

    @routes.post("/<publication_id:str>/rul-tilbage")
    @allowed(Role.EDITOR)
    async def roll_back(request: Request, staff: Staff, publication_id: str) -> HTTPResponse:
        reason = clean(request.form.get("reason", ""))[:_MOST_REASON] or desk.texts.say("publish_no_reason")
        try:
            await studio.going_live.roll_back(publication_id, staff.id, staff.name, reason)
        except NotNow as error:
            return refused(desk, request, staff, str(error), f"{PUBLISH}/{publication_id}")
        await desk.audit.note(staff, "publish_roll_back", publication=publication_id[:8])
        return done(f"{PUBLISH}/{publication_id}", "publish_rolled_back")

    return routes


def title_of(draft: Draft) -> str:
    """What the service is called in the draft."""
    return str(draft.state.fields.get("title") or draft.id)


def can_roll_back(publications: list[Publication]) -> str | None:
    """Id of the publication that may be rolled back: the one that went live last."""
    acted = [one for one in publications if one.acted_at]
    latest = max(acted, key=lambda one: one.acted_at or one.created_at, default=None)
    return latest.id if latest and latest.state == "live" else None


def _moment(request: Request, field: str) -> datetime | None:
    """A coming moment from a field of local date and time; None when there is none or it has passed."""
    with suppress(ValueError):
        written = datetime.fromisoformat(request.form.get(field, "")).replace(tzinfo=_LOCAL)
        return written if written > clock.now() else None
    return None
