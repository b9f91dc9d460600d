"""The desk's style sheets, scripts and pictures, and the municipality's colour as a style sheet of its own."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.colour import colour_properties
from bot.desk.context import Desk
from bot.desk.permission import anyone
from bot.server.static_files import send, send_file

_FILES = Path(__file__).parent / "static"


def look(desk: Desk) -> Blueprint:
    """`/desk/static/…`."""
    routes = Blueprint("desk_look", url_prefix="/desk/static")
    properties = "".join(f"{name}:{value};" for name, value in colour_properties(desk.municipality.colour).items())
    colour_sheet = f":root{{{properties}}}".encode()
    colour_etag = f'"{sha256(colour_sheet).hexdigest()[:20]}"'

    @routes.route("/colour.css", methods=("GET", "HEAD"))
    @anyone
    async def colour(request: Request) -> HTTPResponse:
        return send(request, colour_sheet, colour_etag, "text/css; charset=utf-8")

    @routes.route("/<path:path>", methods=("GET", "HEAD"))
    @anyone
    async def static(request: Request, path: str) -> HTTPResponse:
        return await send_file(request, _FILES, path)

    return routes
