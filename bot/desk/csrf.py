"""Whether a request was sent by a page of our own, and not by another site in the name of someone logged in."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from sanic.request import Request

from bot.server.address import origin_allowed

if TYPE_CHECKING:
    from bot.desk.visit import Visit

FIELD = "csrf"
HEADER = "X-CSRF"


def csrf_token(secret: str) -> str:
    """The token for forms and scripts. It follows from the browser's secret cookie, which other sites can't read."""
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()


def comes_from_own_page(request: Request, visit: Visit) -> bool:
    """Whether the Origin, if any, is ours and the token is right.

    A WebSocket can carry no token, so there the browser's Origin header must be present.
    """
    if not origin_allowed(request, (), visit.desk.settings.trusted_proxies):
        return False
    if request.headers.get("upgrade", "").lower() == "websocket":
        return "origin" in request.headers
    given = request.headers.get(HEADER) or _form_field(request)
    return hmac.compare_digest(given.encode(), csrf_token(visit.secret).encode())


def _form_field(request: Request) -> str:
    is_form = request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    )
    return str(request.form.get(FIELD, "")) if is_form else ""
