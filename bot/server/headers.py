"""What every answer says to the browser about safety, and which other sites may read it."""

from __future__ import annotations

from collections.abc import Sequence

from sanic.request import Request
from sanic.response import BaseHTTPResponse

from bot.server.address import Networks, origin_allowed

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


def add_safety(response: BaseHTTPResponse) -> None:
    """Headers for all answers; pages get the policy that lets them load their own files."""
    is_page = str(response.content_type).startswith("text/html")
    response.headers.update(
        {
            "Content-Security-Policy": PAGE_POLICY if is_page else DATA_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
    )
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")


def add_cors(request: Request, response: BaseHTTPResponse, allowed: Sequence[str], proxies: Networks) -> None:
    """Let the pages named in the settings use the chat. No cookies are used, so no credentials are allowed."""
    origin = request.headers.get("origin")
    if origin is None or not request.path.startswith("/api/"):
        return
    response.headers["Vary"] = "Origin"
    if origin_allowed(request, allowed, proxies):
        response.headers.update(
            {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Methods": "GET, POST",
                "Access-Control-Allow-Headers": "Authorization, Content-Type",
                "Access-Control-Max-Age": "600",
                "Cross-Origin-Resource-Policy": "cross-origin",
            }
        )
