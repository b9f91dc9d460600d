"""Keeps the municipality's own pages findable: their titles and first lines, refreshed from its sitemap.

refresh = PageRefresh(database, municipality, fetch_rules(settings, municipality))
await refresh.run(asked_by="Mette") → Round     None when there is no `sitemap:`, or a round is going on already
await refresh.pages() → [OwnPage]               for `bot.answers.seen_on_web.see`
await refresh.stamp() → str                     changes when they do
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.answers.own_pages import OwnPage
from bot.catalogue.municipality import Municipality
from bot.storage.database import Database
from bot.storage.link_tables import pages
from bot.studio.page_text import PageText, read_page
from bot.studio.polite_fetch import Answer, FetchRules, PoliteFetch, Unfetched
from bot.studio.public_address import Resolve, look_up
from bot.studio.sitemap_file import MOST_BYTES, BadSitemap, Listed, read_sitemap
from bot.studio.web_round import Round, Turn, WebRounds

JOB = "pages"
MOST_PAGES = 5_000
MOST_DEPTH = 2
"""An index of sitemaps, and the sitemaps it names."""
_MOST_FILES = 100
_PAGE_BYTES = 512 * 1024
"""Menus fill more than the first lines of a page's own text stand behind."""
_SITEMAP_SECONDS = 60.0
_READ_AGAIN = timedelta(days=30)
"""A page is read again after so long though its sitemap tells of no change."""
_READ_UNDATED_AGAIN = timedelta(days=7)
"""The same for a page of which the sitemap doesn't tell when it changed."""
_P = pages.c


@dataclass(frozen=True)
class _List:
    """All pages of a sitemap. `whole`: nothing was left out, so that what is missing is gone."""

    pages: dict[str, Listed]
    whole: bool


class PageRefresh:
    """See the module. Every method raises StorageDown.

    Args:
        municipality: nothing is done when its file names no `sitemap:`; only pages of that site are read.
        rules: how the site is asked.
    """

    def __init__(
        self,
        database: Database,
        municipality: Municipality,
        rules: FetchRules,
        *,
        resolve: Resolve = look_up,
        rounds: WebRounds | None = None,
    ) -> None:
        self._database = database
        self._sitemap = municipality.sitemap
        self._rules = rules
        self._resolve = resolve
        self._rounds = rounds or WebRounds(database)

    async def run(self, asked_by: str | None = None, unless_since: datetime | None = None) -> Round | None:
        """Read the sitemap and what is new in it. `counts` of the round: added, changed, same, removed, failed, and what was wrong."""
        if not self._sitemap:
            return None
        sitemap = self._sitemap
        return await self._rounds.run(
            JOB, 0, lambda turn: self._refresh(sitemap, turn), asked_by=asked_by, unless_since=unless_since
        )

    async def last_round(self) -> Round | None:
        """The newest round; it runs while its `outcome` is None."""
        return await self._rounds.last(JOB)

    async def pages(self) -> list[OwnPage]:
        """All pages that citizens may be shown; none when the municipality's file names no sitemap."""
        if not self._sitemap:
            return []
        wanted = select(pages).where(_P.removed_at.is_(None)).order_by(_P.address)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [OwnPage(row.title, row.address, row.text) for row in rows]

    async def stamp(self) -> str:
        """The same for as long as the pages are."""
        wanted = select(func.count(), func.max(_P.changed_at), func.max(_P.removed_at)).select_from(pages)
        return str(tuple(await self._database.read(lambda connection: connection.execute(wanted).one())))

    async def _refresh(self, sitemap: str, turn: Turn) -> str:
        known = await self._known()
        async with (
            PoliteFetch(self._rules, self._resolve) as fetch,
            PoliteFetch(replace(self._rules, timeout=_SITEMAP_SECONDS), self._resolve) as patient,
        ):
            try:
                listed = await self._list(patient, sitemap)
            except BadSitemap as error:
                turn.count(str(error))
                return "failed"
            turn.total = len(listed.pages)
            for place in listed.pages.values():
                await self._visit(fetch, place, known.get(place.address), turn)
        if listed.whole:
            await self._remove([address for address in known if address not in listed.pages], turn)
        return "done"

    async def _list(self, fetch: PoliteFetch, sitemap: str) -> _List:
        found: dict[str, Listed] = {}
        seen: set[str] = set()
        level, whole = [sitemap], True
        for _ in range(MOST_DEPTH):
            next_level: list[str] = []
            for address in level:
                if address in seen or len(seen) >= _MOST_FILES:
                    whole = whole and address in seen
                    continue
                seen.add(address)
                try:
                    answer = (await fetch.follow("GET", address, MOST_BYTES)).answer
                    if answer.status != 200:
                        raise BadSitemap("not_found")
                    file = read_sitemap(answer, MOST_PAGES)
                except (BadSitemap, Unfetched) as error:
                    if address == sitemap:
                        raise error if isinstance(error, BadSitemap) else BadSitemap("not_found") from error
                    whole = False  # the other files of an index still count
                    continue
                next_level += [one.address for one in file.files if _same_site(one.address, sitemap)]
                found |= {one.address: one for one in file.pages if _same_site(one.address, sitemap)}
            level = next_level
        whole = whole and not level and len(found) <= MOST_PAGES
        return _List(dict(list(found.items())[:MOST_PAGES]), whole)

    async def _visit(self, fetch: PoliteFetch, place: Listed, before: Row | None, turn: Turn) -> None:
        if before and not _to_read(place, before):
            turn.count("same")
            return
        try:
            answer = (await fetch.follow("GET", place.address, _PAGE_BYTES)).answer
        except Unfetched:
            turn.count("failed")  # what was known of it holds
            return
        if answer.status in (404, 410):
            await self._remove([place.address] if before else [], turn)
            return
        page = await asyncio.to_thread(_read, answer, place.address)
        if page is None:
            turn.count("failed")
        elif not page.wants_index:
            await self._remove([place.address] if before else [], turn)
        else:
            turn.count(await self._keep(place, page))

    async def _known(self) -> dict[str, Row]:
        rows = await self._database.read(lambda connection: connection.execute(select(pages)).all())
        return {row.address: row for row in rows}

    async def _keep(self, place: Listed, page: PageText) -> str:
        moment = clock.now()
        values = {
            "title": page.title,
            "text": page.text,
            "modified": place.modified,
            "read_at": moment,
            "removed_at": None,
        }

        def work(connection: Connection) -> str:
            before = connection.execute(select(pages).where(_P.address == place.address)).one_or_none()
            if before is None:
                connection.execute(
                    insert(pages).values(address=place.address, added_at=moment, changed_at=moment, **values)
                )
                return "added"
            same = (before.title, before.text, before.removed_at) == (page.title, page.text, None)
            changed = before.changed_at if same else moment
            connection.execute(update(pages).where(_P.address == place.address).values(changed_at=changed, **values))
            return "same" if same else "changed"

        return await self._database.write(work)

    async def _remove(self, addresses: Sequence[str], turn: Turn) -> None:
        def work(connection: Connection) -> int:
            gone = 0
            for address in addresses:
                where = (_P.address == address, _P.removed_at.is_(None))
                gone += connection.execute(update(pages).where(*where).values(removed_at=clock.now())).rowcount
            return gone

        turn.counts["removed"] += await self._database.write(work)


def _to_read(place: Listed, before: Row) -> bool:
    """Whether there may be something new on the page."""
    again = _READ_AGAIN if place.modified else _READ_UNDATED_AGAIN
    old = bool(before.read_at < clock.now() - again)
    return old or before.removed_at is not None or place.modified != before.modified


def _read(answer: Answer, address: str) -> PageText | None:
    """The page, or None for what is none: an error, another kind of file, or a page of another site that it led to."""
    if answer.status != 200 or answer.content_type not in ("text/html", "application/xhtml+xml"):
        return None
    if not _same_site(answer.address, address):
        return None
    page = read_page(answer.text())
    return page if page.title else None


def _same_site(address: str, site: str) -> bool:
    try:
        one, other = urlsplit(address), urlsplit(site)
    except ValueError:
        return False
    hosts = [parts.netloc.lower().removeprefix("www.") for parts in (one, other)]
    return one.scheme in ("http", "https") and hosts[0] == hosts[1]
