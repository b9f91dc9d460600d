"""Who is asking, and whether they may. Every route of the desk is declared with `allowed` or `anyone`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any
from urllib.parse import quote

from sanic.request import Request
from sanic.response import HTTPResponse, json, redirect

from bot.desk.csrf import comes_from_own_page
from bot.desk.visit import Visit, visit_of

Handler = Callable[..., Awaitable[HTTPResponse | None]]

LOGIN_PAGE = "/desk/login"
PRESENCES = ("available", "busy", "away")
_SAFE_METHODS = ("GET", "HEAD")
# Closing codes of our own for a WebSocket (RFC 6455, 7.4.2), read by the desk's scripts.
_SOCKET_UNAUTHORISED = 4401
_SOCKET_FORBIDDEN = 4403


class Role(StrEnum):
    """What someone is trusted with. An administrator may all."""

    STAFF = "staff"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Staff:
    """Someone logged in, or a colleague of theirs. `presence` is one of PRESENCES."""

    id: str
    name: str
    first_name: str
    email: str
    roles: frozenset[Role]
    department: str | None
    presence: str

    def may(self, *roles: Role) -> bool:
        """Whether they have one of `roles`, or are administrator."""
        return Role.ADMINISTRATOR in self.roles or not self.roles.isdisjoint(roles)


def allowed(*roles: Role, most_bytes: int | None = None) -> Callable[[Handler], Handler]:
    """Let in only those with one of `roles`; without any, everyone logged in. The handler gets `(request, staff, …)`.

    Anything but GET and HEAD must also carry the CSRF token; a WebSocket must come from a page of our own.

    Args:
        roles: of which one is enough.
        most_bytes: of the request's body, where forms are longer than a citizen's message or files are sent. It is read only
            of those who may.
    """

    def declare(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: Request, *args: Any, **kwargs: Any) -> HTTPResponse | None:
            visit = visit_of(request)
            is_socket = request.headers.get("upgrade", "").lower() == "websocket"
            if visit.staff is None:
                if is_socket:
                    await args[0].close(_SOCKET_UNAUTHORISED)
                    return None
                return _ask_to_log_in(request, visit)
            refused = None if not roles or visit.staff.may(*roles) else "forbidden"
            if most_bytes and not refused:
                request.stream.request_max_size = most_bytes
                await request.receive_body()
            if request.method not in _SAFE_METHODS or is_socket:
                refused = refused or (None if comes_from_own_page(request, visit) else "csrf")
            if refused:
                if is_socket:
                    await args[0].close(_SOCKET_FORBIDDEN)
                    return None
                return _forbid(request, visit, refused)
            return await handler(request, visit.staff, *args, **kwargs)

        guarded.open_to = frozenset(roles) or frozenset(Role)  # type: ignore[attr-defined]
        if most_bytes:
            guarded.is_stream = True  # type: ignore[attr-defined]  # Sanic then leaves the body to us
        return guarded

    return declare


def anyone(handler: Handler) -> Handler:
    """Let everyone in, logged in or not: only for logging in and static files. A POST must carry the CSRF token."""

    @wraps(handler)
    async def guarded(request: Request, *args: Any, **kwargs: Any) -> HTTPResponse | None:
        visit = visit_of(request)
        if request.method not in _SAFE_METHODS and not comes_from_own_page(request, visit):
            return _forbid(request, visit, "csrf")
        return await handler(request, *args, **kwargs)

    guarded.open_to = None  # type: ignore[attr-defined]
    return guarded


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a page, not a script for data."""
    return "text/html" in request.headers.get("accept", "")


def _ask_to_log_in(request: Request, visit: Visit) -> HTTPResponse:
    if not wants_page(request):
        return json({"error": {"code": "unauthorised", "text": visit.desk.texts.say("error_unauthorised")}}, status=401)
    if request.method in _SAFE_METHODS:
        asked_for = request.path + (f"?{request.query_string}" if request.query_string else "")
        return redirect(f"{LOGIN_PAGE}?next={quote(asked_for, safe='/')}", headers={"Cache-Control": "no-store"})
    return visit.desk.pages.error(request, None, "unauthorised", 401)


def _forbid(request: Request, visit: Visit, code: str) -> HTTPResponse:
    if wants_page(request):
        return visit.desk.pages.error(request, visit.staff, code, 403)
    return json({"error": {"code": code, "text": visit.desk.texts.say(f"error_{code}")}}, status=403)
