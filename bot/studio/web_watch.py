"""Looks at the web every day, and lets this process answer by what was seen.

watch = open_web_watch(settings, database, municipality, lambda: knowledge().catalogue)
task = asyncio.create_task(watch.keep())       # in every worker; rounds run in one at a time
await watch.refresh()                          # after a round that an editor asked for
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot import clock
from bot.answers.seen_on_web import seen_on_web
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.municipality import Municipality
from bot.settings import Settings
from bot.storage.database import Database, StorageDown
from bot.studio.link_watch import LinkWatch, fetch_rules
from bot.studio.sitemap import PageRefresh
from bot.studio.web_round import due_since

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 60.0


class WebWatch:
    """See the module.

    Args:
        hour: local hour of the daily rounds; -1: none.
        look_seconds: between two looks at what other workers have seen.
    """

    def __init__(self, links: LinkWatch, pages: PageRefresh, hour: int, look_seconds: float = _LOOK_SECONDS) -> None:
        self.links = links
        self.pages = pages
        self._hour = hour
        self._look_seconds = look_seconds
        self._rounds: asyncio.Task[None] | None = None
        self._dead: frozenset[str] = frozenset()
        self._stamp = ""

    async def keep(self) -> None:
        """For as long as the server runs: begin the daily rounds, and take over what they, here or in another worker, have seen."""
        try:
            while True:
                if self._rounds is None or self._rounds.done():
                    self._rounds = asyncio.create_task(self._daily())
                await self.refresh()
                await asyncio.sleep(self._look_seconds)
        finally:
            if self._rounds:
                self._rounds.cancel()
                await asyncio.gather(self._rounds, return_exceptions=True)

    async def refresh(self) -> None:
        """Answer from now on by what was seen last. Never raises."""
        try:
            dead, stamp = await self.links.dead_links(), await self.pages.stamp()
            new_pages = None if stamp == self._stamp else await self.pages.pages()
        except StorageDown:
            logger.error("seen on the web not read: database down")
            return
        if new_pages is not None or dead != self._dead:
            await asyncio.to_thread(seen_on_web.see, dead, new_pages)
            self._dead, self._stamp = dead, stamp

    async def _daily(self) -> None:
        since = due_since(self._hour, clock.now()) if self._hour >= 0 else None
        if since is None:
            return
        try:
            await self.links.run(unless_since=since)
            await self.refresh()
            await self.pages.run(unless_since=since)
            await self.refresh()
        except StorageDown:
            logger.error("round put off: database down")
        except Exception:
            logger.exception("round failed")


def open_web_watch(
    settings: Settings, database: Database, municipality: Municipality, read: Callable[[], Catalogue]
) -> WebWatch:
    """The watch that the settings describe; `read` gives the catalogue in force."""
    rules = fetch_rules(settings, municipality)
    links, pages = LinkWatch(database, read, rules), PageRefresh(database, municipality, rules)
    return WebWatch(links, pages, settings.web_watch_hour)
