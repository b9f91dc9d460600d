"""One request of a browser to the desk: whose it is, and the cookies that tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sanic.request import Request
from sanic.response import BaseHTTPResponse

from bot.desk.one_time import new_token
from bot.server.address import came_by_https

if TYPE_CHECKING:
    from bot.desk.context import Desk
    from bot.desk.permission import Staff

_LOGIN_COOKIE = "odder-desk"
_FORM_COOKIE = "odder-form"


@dataclass(frozen=True)
class Visit:
    """Who asks. `secret` is known to this browser alone, logged in or not; CSRF tokens follow from it."""

    desk: Desk
    staff: Staff | None
    secret: str
    session_token: str | None


def visit_of(request: Request) -> Visit:
    """The visit that `begin_visit` made. Raises AttributeError for a route outside the desk."""
    visit: Visit = request.ctx.visit
    return visit


async def begin_visit(desk: Desk, request: Request) -> None:
    """Find out who asks, before any handler. Raises StorageDown."""
    token = request.cookies.get(_full_name(desk, request, _LOGIN_COOKIE))
    staff = await desk.sessions.find(token) if token else None
    if token and staff:
        request.ctx.visit = Visit(desk, staff, token, token)
        return
    secret = request.cookies.get(_full_name(desk, request, _FORM_COOKIE))
    request.ctx.visit = Visit(desk, None, secret or new_token(), None)


def keep_secret(request: Request, response: BaseHTTPResponse) -> None:
    """Let a browser that is not logged in keep what its forms' tokens follow from."""
    visit = visit_of(request)
    if visit.staff is None and kept_cookie(request, _FORM_COOKIE) != visit.secret:
        keep_cookie(request, response, _FORM_COOKIE, visit.secret)


def keep_login(request: Request, response: BaseHTTPResponse, token: str) -> None:
    """Hand the browser its session."""
    keep_cookie(request, response, _LOGIN_COOKIE, token)


def forget_login(request: Request, response: BaseHTTPResponse) -> None:
    """Let the browser drop its session."""
    forget_cookie(request, response, _LOGIN_COOKIE)


def kept_cookie(request: Request, name: str) -> str:
    """What the browser brings, or the empty string."""
    return str(request.cookies.get(_full_name(visit_of(request).desk, request, name), ""))


def keep_cookie(request: Request, response: BaseHTTPResponse, name: str, value: str) -> None:
    """Let the browser keep a value that no script and no other site can use, until it is closed."""
    full_name = _full_name(visit_of(request).desk, request, name)
    response.cookies[full_name] = value
    cookie = response.cookies[full_name]
    cookie["path"] = "/"
    cookie["httponly"] = True
    cookie["samesite"] = "Lax"
    if full_name != name:
        cookie["secure"] = True


def forget_cookie(request: Request, response: BaseHTTPResponse, name: str) -> None:
    """Let the browser drop it."""
    keep_cookie(request, response, name, "")
    response.cookies[_full_name(visit_of(request).desk, request, name)]["max-age"] = 0


def _full_name(desk: Desk, request: Request, name: str) -> str:
    # With the prefix a browser takes the cookie from this very host over https only, never from a neighbouring subdomain.
    return f"__Host-{name}" if came_by_https(request, desk.settings.trusted_proxies) else name
