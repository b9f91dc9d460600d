"""One link: does it lead where it says?"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from bot.studio.polite_fetch import Followed, Hop, PoliteFetch, Unfetched

STATES = (
    "ok", "redirected", "soft_404", "gone", "timeout", "tls", "server_error", "unreachable", "unsafe", "loop", "robots", "denied",
)  # fmt: skip
"""`redirected` leads there by another address; `robots` and `denied` tell us nothing: the owner lets no robot see the page."""
SEEN = frozenset({"ok", "redirected"})
UNKNOWN = frozenset({"robots", "denied"})
FAILED = frozenset(STATES) - SEEN - UNKNOWN
MAYBE_OURS = frozenset({"timeout", "unreachable", "tls"})
"""Failures that may be our own: no network, or a wrong clock or list of certificate authorities."""

_STATE_OF_ERROR = {"broken": "server_error", "cookies": "denied"}
_GET_AFTER = frozenset({"timeout", "broken"})
"""Some servers only choke on HEAD."""
_TITLE = re.compile(r"<(title|h1)\b[^>]{0,500}>(.{0,500}?)</\1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]{0,500}>")
_NOT_FOUND = re.compile(
    r"\b(404\b|siden? (er |blev |kan |kunne )?(desværre )?ikke (blive )?(fundet|findes|vises|tilgængelig)|siden findes (desværre )?ikke"
    r"|siden (er|blev) (flyttet eller )?(slettet|fjernet)|siden eksisterer ikke|(vi )?(kan|kunne) (desværre )?ikke finde siden|ikke fundet"
    r"|(page|file) not found|not found|(page|site) (does not|doesn.t) exist|page (is )?unavailable|no longer (exists|available))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class LinkResult:
    """What a check saw.

    `state`: one of STATES. `status`: the last HTTP status, None without an answer. `hops`: redirects. `proposed`: the address to use
    instead, when the owner says that the page has moved for good and it is there. `title`: of the page.
    """

    address: str
    state: str
    status: int | None = None
    hops: tuple[Hop, ...] = ()
    proposed: str | None = None
    title: str = ""
    detail: str = ""


async def check_link(fetch: PoliteFetch, address: str) -> LinkResult:
    """Look at the link as a citizen's browser would, reading as little as possible. Never raises for what the site does."""
    start, hops = address, tuple[Hop, ...]()
    try:
        seen = await fetch.follow("HEAD", address)
        if 200 <= seen.answer.status < 300 and seen.answer.content_type not in (
            "",
            "text/html",
            "application/xhtml+xml",
        ):
            return _result(address, seen, "")  # a PDF has no title that says «ikke fundet»
        # HEAD can't be trusted with bad news, nor has it a title.
        start, hops = seen.answer.address if seen.hops else address, seen.hops
    except Unfetched as error:
        if error.kind not in _GET_AFTER:
            return _failed(address, error)
    try:
        seen = await fetch.follow("GET", start)
    except Unfetched as error:
        return _failed(address, error, hops)
    title = await asyncio.to_thread(title_of, seen.answer.text())
    return _result(address, Followed((*hops, *seen.hops), seen.answer), title)


def title_of(html: str) -> str:
    """The page's title, and its first heading when that says something else."""
    found = [" ".join(unescape(_TAG.sub(" ", match[2])).split()) for match in _TITLE.finditer(html)]
    return " · ".join(dict.fromkeys(filter(None, found[:2])))[:200]


def _result(address: str, seen: Followed, title: str) -> LinkResult:
    answer, hops = seen.answer, seen.hops
    state = _state(address, seen, title)
    proposed = _moved_to(hops) if state == "redirected" else None
    return LinkResult(address, state, answer.status, hops, proposed, title)


def _state(address: str, seen: Followed, title: str) -> str:
    status = seen.answer.status
    if status in (404, 410):
        return "gone"
    if status >= 500 or 300 <= status < 400:
        return "server_error"
    if status >= 400:
        return "denied"
    if _NOT_FOUND.search(title) or _sent_to_front_page(address, seen):
        return "soft_404"
    return "redirected" if seen.hops else "ok"


def _sent_to_front_page(address: str, seen: Followed) -> bool:
    """Sites send visitors of removed pages to their front page."""
    asked, got = urlsplit(address), urlsplit(seen.answer.address)
    same_site = (asked.hostname or "").removeprefix("www.") == (got.hostname or "").removeprefix("www.")
    return bool(seen.hops) and same_site and asked.path.strip("/") != "" and not got.path.strip("/") and not got.query


def _moved_to(hops: tuple[Hop, ...]) -> str | None:
    """The last address that the owner says holds for good: what comes after a temporary redirect may be a login of the day."""
    moved = None
    for hop in hops:
        if not hop.permanent:
            break
        moved = hop.target
    return moved


def _failed(address: str, error: Unfetched, before: tuple[Hop, ...] = ()) -> LinkResult:
    hops = (*before, *error.hops)
    state = _STATE_OF_ERROR.get(error.kind, error.kind)
    return LinkResult(address, state, hops[-1].status if hops else None, hops, detail=error.detail)
