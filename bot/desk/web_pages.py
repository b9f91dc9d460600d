"""For editors: which links work, and the municipality's own pages."""

from __future__ import annotations

import asyncio

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.answers.knowledge import knowledge
from bot.desk.acted import refused
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.studio.drafts import Conflict
from bot.studio.link_proposals import LinkProposal, proposals, with_proposal

LINKS = "/desk/links"


def web_pages(desk: Desk) -> Blueprint:
    """`/desk/links`."""
    routes = Blueprint("web_pages", url_prefix=LINKS)
    watch = desk.web.links
    rounds: set[asyncio.Task[None]] = set()

    async def proposed() -> list[LinkProposal]:
        lines = await watch.report()
        return await asyncio.to_thread(proposals, lines, desk.municipality, desk.studio.files)

    @routes.get("/")
    @allowed(Role.EDITOR)
    async def report(request: Request, staff: Staff) -> HTTPResponse:
        await asyncio.to_thread(knowledge)
        lines = await watch.report()
        wanted = request.args.get("vis", "")
        shown = [line for line in lines if wanted == "alle" or line.dead or line.failures or line.state == "redirected"]
        return desk.pages.show(
            "links.html",
            request,
            staff,
            lines=shown,
            count=len(lines),
            unseen=sum(line.state == "new" for line in lines),
            proposals=await proposed(),
            last=await watch.last_round(),
            pages_last=await desk.web.pages.last_round(),
            sitemap=desk.municipality.sitemap,
            everything=wanted == "alle",
        )

    @routes.post("/se-efter")
    @allowed(Role.EDITOR)
    async def run(request: Request, staff: Staff) -> HTTPResponse:
        last = await watch.last_round()
        if last and last.outcome is None:
            return refused(desk, request, staff, desk.texts.say("links_running"), LINKS)

        async def look() -> None:
            await watch.run(asked_by=staff.name)
            await desk.web.pages.run(asked_by=staff.name)
            await desk.web.refresh()

        # Minutes, as each site is given its pauses: the page tells how far it has come.
        task = asyncio.create_task(look())
        rounds.add(task)
        task.add_done_callback(rounds.discard)
        await desk.audit.note(staff, "links_run")
        return done(LINKS, "links_started")

    @routes.post("/forslag")
    @allowed(Role.EDITOR)
    async def settle(request: Request, staff: Staff) -> HTTPResponse:
        chosen = set(request.form.getlist("proposal", []))
        picked = [one for one in await proposed() if key_of(one) in chosen]
        for one in picked:
            if request.form.get("act") == "dismiss":
                await watch.dismiss(one.address, one.after)
                continue
            opened = await desk.studio.drafts.open(one.service, one.layer)
            if opened.state is None:
                continue
            state = await asyncio.to_thread(with_proposal, opened.state, one, desk.municipality, desk.studio.files)
            try:
                await desk.studio.drafts.save(state, opened.version, staff.id, staff.name)
            except Conflict:
                return refused(desk, request, staff, desk.texts.say("links_conflict"), LINKS)
        await desk.audit.note(staff, "links_settle", antal=str(len(picked)))
        return done(LINKS, "links_dismissed" if request.form.get("act") == "dismiss" else "links_accepted")

    return routes


def key_of(proposal: LinkProposal) -> str:
    """Names a proposal in a form."""
    return f"{proposal.layer}/{proposal.service} {proposal.address} {proposal.after}"
