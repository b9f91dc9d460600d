"""For editors: the services, each with its form. Nothing here changes the live bot; drafts do not either."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.answers.knowledge import knowledge
from bot.catalogue.catalogue import fill
from bot.catalogue.lix import PLAIN_LIMIT, hardest_words, lix
from bot.catalogue.problem import ContentError
from bot.catalogue.schema import ASPECTS, Guide, Link, Service
from bot.conversation.clean import clean
from bot.desk import content_form
from bot.desk.content_form import read_form
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.nlu.text import fold
from bot.server.chat_http import answer_json
from bot.studio.drafts import Conflict, Draft
from bot.studio.link_check import SEEN
from bot.studio.state import SHARED, State, differences

CONTENT = "/desk/indhold"
_ID = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ü": "u", "ö": "oe", "ä": "ae"})
_LONGEST_ID = 40
_MOST_BYTES = 500_000
"""Of a form: some hundred phrasings."""
_MOST_LINES = 400
"""Phrasings checked in one request."""


def content_pages(desk: Desk) -> Blueprint:
    """`/desk/indhold…`."""
    routes = Blueprint("content_pages", url_prefix=CONTENT)
    studio = desk.studio
    layers = (SHARED, desk.municipality.id)

    async def opened(layer: str, service_id: str) -> tuple[State, str, Draft | None]:
        if layer not in layers:
            raise NotFound("no such layer")
        found = await studio.drafts.open(service_id, layer)
        if found.state:
            return found.state, found.version, found.draft
        # A municipality that says nothing of its own yet.
        if layer == SHARED or (await studio.drafts.open(service_id, SHARED)).state is None:
            raise NotFound("no such service")
        return State(layer, service_id), found.version, None

    @routes.get("/")
    @allowed(Role.EDITOR)
    async def services(request: Request, staff: Staff) -> HTTPResponse:
        asked = {name: clean(request.args.get(name, ""))[:100] for name in ("find", "emne", "vis")}
        listed = await asyncio.to_thread(studio.files.services)
        drafts = await studio.drafts.all()
        drafted = {(draft.id, draft.layer): draft for draft in drafts}
        known = {one.id for one in listed}
        words = fold(asked["find"]).split()
        shown = [
            one
            for one in listed
            if (not asked["emne"] or one.subject == asked["emne"])
            and (asked["vis"] != "kladder" or any((one.id, layer) in drafted for layer in layers))
            and (asked["vis"] != "maerker" or set(one.marks) - {"no_tests"})
            and all(word in fold(f"{one.title} {one.id} {one.answer}") for word in words)
        ]
        return desk.pages.show(
            "content_list.html",
            request,
            staff,
            asked=asked,
            shown=shown,
            all_count=len(listed),
            subjects=await asyncio.to_thread(studio.files.subjects),
            drafts=drafted,
            new=[draft for draft in drafts if draft.id not in known],
            departments=desk.municipality.departments,
            changed=await studio.publications.last_changed(),
            own_layer=desk.municipality.id,
            shared=SHARED,
        )

    @routes.get("/ny")
    @allowed(Role.EDITOR)
    async def new(request: Request, staff: Staff) -> HTTPResponse:
        return await new_form(request, staff, {}, title=clean(request.args.get("titel", ""))[:70], subject="")

    @routes.post("/ny")
    @allowed(Role.EDITOR)
    async def begin(request: Request, staff: Staff) -> HTTPResponse:
        title = " ".join(clean(request.form.get("title", "")).split())[:70]
        subject = request.form.get("subject", "")
        own_subject = " ".join(clean(request.form.get("new_subject", "")).split())[:60]
        service_id = plain_id(title)
        problems = {}
        if not service_id:
            problems["title"] = desk.texts.say("content_title_missing")
        elif (await studio.drafts.open(service_id)).state is not None:
            problems["title"] = desk.texts.say("content_title_taken")
        if subject not in {one.name for one in studio.files.subjects()} and not plain_id(own_subject):
            problems["subject"] = desk.texts.say("content_subject_missing")
        if problems:
            return await new_form(request, staff, problems, title=title, subject=subject)
        name = plain_id(own_subject) or subject
        # What the schema requires and can be guessed; the editor sees and changes it in the form.
        fields = {"title": title, "authority": "kommune", "department": content_form.DEPARTMENTS[0]}
        state = State(SHARED, service_id, name, fields)
        await studio.drafts.save(state, "", staff.id, staff.name, own_subject)
        await desk.audit.note(staff, "content_new", service=title)
        return done(f"{CONTENT}/{SHARED}/{service_id}", "content_begun")

    async def new_form(request: Request, staff: Staff, problems: Mapping[str, str], **values: str) -> HTTPResponse:
        return desk.pages.show(
            "content_new.html",
            request,
            staff,
            400 if problems else 200,
            problems=problems,
            subjects=await asyncio.to_thread(studio.files.subjects),
            **values,
        )

    @routes.get("/<layer:str>/<service_id:str>")
    @allowed(Role.EDITOR)
    async def edit(request: Request, staff: Staff, layer: str, service_id: str) -> HTTPResponse:
        try:
            return await form(request, staff, *await opened(layer, service_id))
        except ContentError as error:
            return desk.pages.show("content_broken.html", request, staff, 409, problems=error.problems)

    @routes.post("/<layer:str>/<service_id:str>")
    @allowed(Role.EDITOR, most_bytes=_MOST_BYTES)
    async def save(request: Request, staff: Staff, layer: str, service_id: str) -> HTTPResponse:
        before, _, _ = await opened(layer, service_id)
        state = read_form(request, before)
        version = request.form.get("version", "")
        try:
            draft = await studio.drafts.save(state, version, staff.id, staff.name)
        except Conflict as conflict:
            return await form(request, staff, conflict.yours, conflict.version, None, conflict=conflict)
        await desk.audit.note(staff, "content_saved", service=str(state.fields.get("title") or state.id))
        path = f"{CONTENT}/{layer}/{service_id}"
        return done(path, "content_saved") if draft else done(path, "content_as_live")

    @routes.post("/<layer:str>/<service_id:str>/smid-ud")
    @allowed(Role.EDITOR)
    async def discard(request: Request, staff: Staff, layer: str, service_id: str) -> HTTPResponse:
        _, _, draft = await opened(layer, service_id)
        if draft is None or not await studio.drafts.discard(service_id, layer, request.form.get("version", "")):
            return done(f"{CONTENT}/{layer}/{service_id}", "content_not_discarded")
        await desk.audit.note(staff, "content_discarded", service=service_id)
        live = await studio.drafts.live(service_id, SHARED)
        return done(f"{CONTENT}/{layer}/{service_id}" if live else CONTENT, "content_discarded")

    @routes.post("/<layer:str>/<service_id:str>/vis")
    @allowed(Role.EDITOR, most_bytes=_MOST_BYTES)
    async def preview(request: Request, staff: Staff, layer: str, service_id: str) -> HTTPResponse:
        before, _, _ = await opened(layer, service_id)
        return desk.pages.show("_preview.html", request, staff, **await previewed(read_form(request, before)))

    @routes.post("/<layer:str>/<service_id:str>/linjer")
    @allowed(Role.EDITOR, most_bytes=_MOST_BYTES)
    async def check_lines(request: Request, staff: Staff, layer: str, service_id: str) -> HTTPResponse:
        every = [line.strip() for line in clean(request.form.get("phrasings", "")).split("\n") if line.strip()]
        asked = [line for line in clean(request.form.get("lines", "")).split("\n") if line.strip()][:_MOST_LINES]
        findings = {}
        for line in asked:
            others = list(every)
            if line in others:
                others.remove(line)
            findings[line] = [vars_of(one) for one in await studio.phrasings.line(service_id, line, others)]
        whole = await asyncio.to_thread(studio.phrasings.whole, service_id, every)
        return answer_json({"lines": findings, "whole": [vars_of(one) for one in whole]})

    @routes.post("/link")
    @allowed(Role.EDITOR)
    async def check_link(request: Request, staff: Staff) -> HTTPResponse:
        address = fill(clean(request.form.get("url", "")), desk.municipality.placeholders())
        if not address.startswith(("https://", "http://")):
            return answer_json({"works": False, "text": desk.texts.say("content_link_form")})
        line = await desk.web.links.check(address)
        text = desk.texts.say(f"links_state_{line.state}")
        if line.result and line.result.title:
            text = desk.texts.say("content_link_title", tilstand=text, titel=line.result.title)
        return answer_json({"works": line.state in SEEN, "text": text})

    async def previewed(state: State) -> dict[str, Any]:
        shown = await asyncio.to_thread(studio.tryout.preview, state)
        return shown | {"hints": plain_hints(desk, state)}

    async def form(
        request: Request,
        staff: Staff,
        state: State,
        version: str,
        draft: Draft | None,
        conflict: Conflict | None = None,
    ) -> HTTPResponse:
        shared = state if state.layer == SHARED else await studio.drafts.live(state.id, SHARED)
        live = await studio.drafts.live(state.id, state.layer)
        listed = await asyncio.to_thread(studio.files.services)
        catalogue = (await asyncio.to_thread(knowledge)).catalogue
        return desk.pages.show(
            "content_edit.html",
            request,
            staff,
            409 if conflict else 200,
            state=state,
            fields=whole(state.fields),
            shared_fields=whole(shared.fields if shared else {}),
            own=state.layer != SHARED,
            version=version,
            draft=draft,
            conflict=conflict,
            live=live,
            changes=differences(live, state, studio.texts) if draft else [],
            layers=layers,
            departments=desk.municipality.departments,
            authorities={key: one.name for key, one in catalogue.authorities.items()},
            titles={one.id: one.title for one in listed},
            form=content_form,
            label=lambda name: desk.texts.say(f"studio_field_{name.replace('.', '_')}"),
            path=f"{CONTENT}/{state.layer}/{state.id}",
            **await previewed(state),
        )

    return routes


def plain_id(title: str) -> str:
    """An id of a title: `Hjælp til MitID` → `hjaelp_til_mitid`."""
    letters = title.lower().translate(_LETTERS)
    return _ID.sub("_", letters).strip("_")[:_LONGEST_ID].strip("_")


def plain_hints(desk: Desk, state: State) -> list[str]:
    """Where the text is harder to read than it need be."""
    hints = []
    for name in ("answer", *ASPECTS):
        text = str(state.fields.get(name) or "")
        if text and lix(text) > PLAIN_LIMIT:
            label = desk.texts.say(f"studio_field_{name}")
            words = ", ".join(hardest_words(text))
            hints.append(desk.texts.say("content_hard", felt=label, lix=f"{lix(text):.0f}", ord=words))
    return hints


def whole(fields: Mapping[str, Any]) -> dict[str, Any]:
    """All fields of the schema, None where nothing is written."""
    links = [{**dict.fromkeys(Link.__fields__), **link} for link in fields.get("links") or ()]
    steps = {**dict.fromkeys(Guide.__fields__), **(fields.get("steps") or {})}
    return {**dict.fromkeys(Service.__fields__), **fields, "links": links, "steps": steps}


def vars_of(finding: Any) -> dict[str, Any]:
    """A finding as JSON."""
    return asdict(finding) | {"severity": finding.severity}
