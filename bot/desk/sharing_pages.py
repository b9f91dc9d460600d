"""For editors: phrasings in a spreadsheet, and services to and from other municipalities. All of it becomes drafts, nothing goes live."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sanic import Blueprint
from sanic.request import File, Request
from sanic.response import HTTPResponse, raw, redirect

from bot import clock
from bot.conversation.clean import clean
from bot.desk.acted import refused
from bot.desk.context import Desk
from bot.desk.page import done
from bot.desk.permission import Role, Staff, allowed
from bot.studio import bundle, spreadsheets
from bot.studio.bundle import Bundle, BundleLine, BundleRefused
from bot.studio.drafts import Conflict
from bot.studio.received import ReceivedBundles
from bot.studio.spreadsheets import Upload, UploadRefused

SHARING = "/desk/deling"
LICENCE = "CC BY 4.0"
_MULTIPART = 100_000
"""Bytes that a form with a file takes beside the file."""
_SHEETS = {
    "csv": ("text/csv; charset=utf-8", spreadsheets.phrasings_csv, spreadsheets.read_phrasings_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        spreadsheets.phrasings_xlsx,
        spreadsheets.read_phrasings_xlsx,
    ),
}


@dataclass
class Offered:
    """A service of a bundle, with the lines an editor may take."""

    id: str
    title: str
    kind: str
    lines: list[BundleLine] = field(default_factory=list)


def sharing_pages(desk: Desk) -> Blueprint:
    """`/desk/deling…`."""
    routes = Blueprint("sharing_pages", url_prefix=SHARING)
    studio = desk.studio
    received = ReceivedBundles(desk.database)

    async def page(
        request: Request,
        staff: Staff,
        status: int = 200,
        *,
        problems: list[str] | None = None,
        upload: Upload | None = None,
        sentence: str = "",
    ) -> HTTPResponse:
        return desk.pages.show(
            "sharing.html",
            request,
            staff,
            status,
            subjects=await asyncio.to_thread(studio.files.subjects),
            licence=LICENCE,
            problems=problems or [],
            upload=upload,
            sentence=sentence,
        )

    async def chosen(request: Request) -> list[str]:
        """Ids of the services in the groups that were asked for; all of them when none was."""
        groups = set(request.args.getlist("gruppe", []))
        listed = await asyncio.to_thread(studio.files.services)
        return [one.id for one in listed if not groups or one.subject in groups]

    @routes.get("/")
    @allowed(Role.EDITOR)
    async def overview(request: Request, staff: Staff) -> HTTPResponse:
        return await page(request, staff)

    @routes.get("/formuleringer/<kind:str>")
    @allowed(Role.EDITOR)
    async def sheet(request: Request, staff: Staff, kind: str) -> HTTPResponse:
        if kind not in _SHEETS:
            return refused(desk, request, staff, desk.texts.say("sharing_kind"), SHARING, 404)
        content_type, write, _ = _SHEETS[kind]
        content = await asyncio.to_thread(write, studio.files, await chosen(request))
        return _file(content, content_type, f"formuleringer-{clock.now():%Y-%m-%d}.{kind}")

    @routes.post("/ark")
    @allowed(Role.EDITOR, most_bytes=spreadsheets.MOST_BYTES + _MULTIPART)
    async def take_sheet(request: Request, staff: Staff) -> HTTPResponse:
        sent = sent_file(request)
        if sent is None:
            return await page(request, staff, 400, problems=[desk.texts.say("sharing_no_file")])
        kind = sent.name.rpartition(".")[2].lower()
        if kind not in _SHEETS:
            return await page(request, staff, 400, problems=[desk.texts.say("sharing_kind")])
        try:
            upload = await asyncio.to_thread(_SHEETS[kind][2], sent.body, studio.files, studio.texts)
            await spreadsheets.draft_upload(upload, studio.drafts, staff.id, staff.name)
        except UploadRefused as error:
            return await page(request, staff, 400, problems=[str(error)])
        except Conflict:
            return await page(request, staff, 409, problems=[desk.texts.say("sharing_conflict")])
        count = sum(map(len, upload.phrasings.values()))
        await desk.audit.note(staff, "sharing_sheet", antal=str(count))
        said = "sharing_sheet_done_one" if count == 1 else "sharing_sheet_done" if count else "sharing_sheet_none"
        return await page(request, staff, upload=upload, sentence=desk.texts.say(said, antal=str(count)))

    @routes.get("/pakke")
    @allowed(Role.EDITOR)
    async def export(request: Request, staff: Staff) -> HTTPResponse:
        content = await asyncio.to_thread(
            bundle.export_bundle,
            studio.files,
            await chosen(request),
            desk.municipality,
            clean(request.args.get("licens", LICENCE))[:200],
            with_phrasings=bool(request.args.get("formuleringer")),
        )
        await desk.audit.note(staff, "sharing_export")
        return _file(content, "application/zip", f"{desk.municipality.id}-{clock.now():%Y-%m-%d}.zip")

    @routes.post("/pakke")
    @allowed(Role.EDITOR, most_bytes=bundle.MOST_BYTES + _MULTIPART)
    async def take_bundle(request: Request, staff: Staff) -> HTTPResponse:
        sent = sent_file(request)
        if sent is None:
            return await page(request, staff, 400, problems=[desk.texts.say("sharing_no_file")])
        try:
            await asyncio.to_thread(bundle.read_bundle, sent.body, studio.texts)
        except BundleRefused as error:
            return await page(request, staff, 400, problems=error.reasons)
        bundle_id = await received.keep(sent.body, staff.name)
        await desk.audit.note(staff, "sharing_import")
        return redirect(f"{SHARING}/pakke/{bundle_id}", status=303)

    async def opened(bundle_id: str) -> Bundle | None:
        content = await received.get(bundle_id)
        return await asyncio.to_thread(bundle.read_bundle, content, studio.texts) if content else None

    @routes.get("/pakke/<bundle_id:str>")
    @allowed(Role.EDITOR)
    async def look_through(request: Request, staff: Staff, bundle_id: str) -> HTTPResponse:
        found = await opened(bundle_id)
        if found is None:
            return refused(desk, request, staff, desk.texts.say("sharing_bundle_gone"), SHARING, 404)
        lines = await asyncio.to_thread(bundle.compare_bundle, found, studio.files, studio.texts)
        offers: dict[str, Offered] = {}
        for line in lines:
            offers.setdefault(line.service, Offered(line.service, line.title, line.kind)).lines.append(line)
        return desk.pages.show(
            "bundle.html",
            request,
            staff,
            manifest=found.manifest,
            path=f"{SHARING}/pakke/{bundle_id}",
            new=[one for one in offers.values() if one.kind == "new"],
            differing=[one for one in offers.values() if one.kind == "differs"],
            same=sum(one.kind == "same" for one in offers.values()),
        )

    @routes.post("/pakke/<bundle_id:str>")
    @allowed(Role.EDITOR, most_bytes=_MULTIPART * 5)
    async def take(request: Request, staff: Staff, bundle_id: str) -> HTTPResponse:
        found = await opened(bundle_id)
        if found is None:
            return refused(desk, request, staff, desk.texts.say("sharing_bundle_gone"), SHARING, 404)
        choices: dict[str, list[str] | None] = dict.fromkeys(request.form.getlist("new", []))
        for written in request.form.getlist("line", []):
            service, _, name = written.partition(" ")
            fields = choices.setdefault(service, [])
            if fields is not None:
                fields.append(name)
        if not choices:
            return refused(
                desk, request, staff, desk.texts.say("sharing_nothing_chosen"), f"{SHARING}/pakke/{bundle_id}", 400
            )
        try:
            made = await bundle.draft_bundle(found, choices, studio.drafts, staff.id, staff.name)
        except Conflict:
            return refused(desk, request, staff, desk.texts.say("sharing_conflict"), f"{SHARING}/pakke/{bundle_id}")
        await received.forget(bundle_id)
        await desk.audit.note(staff, "sharing_taken", antal=str(len(made)))
        return done("/desk/udgiv", "sharing_taken")

    return routes


def sent_file(request: Request) -> File | None:
    """The file that was chosen in the form; None when none was, or it is empty."""
    sent = request.files.get("file") if request.files else None
    return sent if sent and sent.body else None


def _file(content: bytes, content_type: str, name: str) -> HTTPResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return raw(content, content_type=content_type, headers=headers)
