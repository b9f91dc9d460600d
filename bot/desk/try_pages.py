"""For editors: write as a citizen would, and see what the bot makes of it and why."""

from __future__ import annotations

import asyncio
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.conversation.clean import clean
from bot.conversation.mask import mask
from bot.desk.context import Desk
from bot.desk.permission import Role, Staff, allowed

_MOST = 300


def try_pages(desk: Desk) -> Blueprint:
    """`/desk/proev`."""
    routes = Blueprint("try_pages", url_prefix="/desk/proev")
    studio = desk.studio

    @routes.get("/")
    @allowed(Role.EDITOR)
    async def tried(request: Request, staff: Staff) -> HTTPResponse:
        text = mask(clean(request.args.get("tekst", ""))[:_MOST]).text
        against = request.args.get("udgivelse", "")
        ready = [one for one in await studio.publications.all() if one.state == "ready"]
        chosen = next((one for one in ready if one.id == against), None)
        found: list[tuple[str, dict[str, Any] | None]] = []
        if text and desk.engine.ready:
            found.append((desk.texts.say("try_live"), await explained(text, None)))
            if chosen:
                found.append((desk.texts.say("try_publication", grund=chosen.reason), await explained(text, chosen.id)))
        return desk.pages.show(
            "try.html", request, staff, tried=text, found=found, ready=ready, chosen=chosen, model=desk.engine.ready
        )

    async def explained(text: str, publication_id: str | None) -> dict[str, Any] | None:
        try:
            why = await studio.tryout.explain(text, publication_id)
        except FileNotFoundError:
            return None
        why["answers"] = [
            await asyncio.to_thread(answer, service) for service in why["decision"].get("services", [])[:2]
        ]
        return why

    def answer(service_id: str) -> dict[str, Any]:
        state = studio.files.read(service_id)
        return (
            {"title": service_id, "reply": None}
            if state is None
            else {
                "title": state.fields.get("title", service_id),
                **studio.tryout.preview(state),
            }
        )

    return routes
