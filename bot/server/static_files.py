"""The widget's script and the demo page, with ETags so that a browser asks again cheaply."""

from __future__ import annotations

import asyncio
import mimetypes
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse, raw

_TEXT = ("text/", "application/json", "image/svg")
_CACHE = "public, max-age=300, must-revalidate"
_WIDGET = "odder-chat.js"


@lru_cache(maxsize=64)
def _read(path: Path, _modified: int) -> tuple[bytes, str]:
    content = path.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:20]}"'


def _load(folder: Path, name: str) -> tuple[bytes, str, str]:
    """Content, ETag and content type of a file inside `folder`. Raises NotFound for anything outside it."""
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise NotFound("outside")
        content, etag = _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        raise NotFound("no such file") from None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return content, etag, f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind


async def send_file(request: Request, folder: Path, name: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    """The file `name` in `folder`, or 304 when the browser has it. Raises NotFound, also for anything outside `folder`."""
    content, etag, kind = await asyncio.to_thread(_load, folder, name)
    return send(request, content, etag, kind, headers)


def send(request: Request, content: bytes, etag: str, kind: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    """`content`, or 304 when the browser has the same `etag`."""
    sent = {"ETag": etag, "Cache-Control": _CACHE} | (headers or {})
    if etag in request.headers.get("if-none-match", ""):
        return raw(b"", status=304, headers=sent)
    return raw(content, content_type=kind, headers=sent)


def static_files(folder: Path) -> Blueprint:
    """Routes for `folder`: `/odder-chat.js`, `/` (the demo page), `/demo/…` and `/docs.css`."""
    routes = Blueprint("static_files")

    @routes.route(f"/{_WIDGET}", methods=("GET", "HEAD"))
    async def widget(request: Request) -> HTTPResponse:
        # Any site may load the script; which sites may talk to the chat is decided by the Origin of its calls.
        shared = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return await send_file(request, folder, _WIDGET, shared)

    @routes.route("/", methods=("GET", "HEAD"))
    async def front_page(request: Request) -> HTTPResponse:
        return await send_file(request, folder, "demo/index.html")

    @routes.route("/docs.css", methods=("GET", "HEAD"))
    async def docs_style(request: Request) -> HTTPResponse:
        return await send_file(request, folder, "docs.css")

    @routes.route("/demo/<path:path>", methods=("GET", "HEAD"))
    async def demo(request: Request, path: str) -> HTTPResponse:
        return await send_file(request, folder, f"demo/{path}")

    return routes
