"""What the owners of other sites allow robots to read (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

ReadFile = Callable[[str], Awaitable[tuple[int, str]]]
"""The address of a robots.txt → status and text. What it raises is raised for every page of the site."""


class Robots:
    """Reads each site's file once.

    Args:
        read: fetches a robots.txt.
        agent: our User-Agent; its first word is the name that the files know us by.
    """

    def __init__(self, read: ReadFile, agent: str) -> None:
        self._read = read
        self._name = agent.partition("/")[0].split(maxsplit=1)[0]
        self._files: dict[str, asyncio.Task[RobotFileParser]] = {}
        self._known: dict[str, RobotFileParser] = {}

    async def allow(self, address: str) -> bool:
        """Whether we may read this page. Raises what `read` raises when the site can't be asked."""
        site = _site(address)
        if site not in self._files:
            self._files[site] = asyncio.create_task(self._load(site))
        return (await asyncio.shield(self._files[site])).can_fetch(self._name, address)

    def delay(self, address: str) -> float | None:
        """Seconds that the site wants between two requests, as far as it is known."""
        file = self._known.get(_site(address))
        wanted = file.crawl_delay(self._name) if file else None
        return float(wanted) if wanted is not None else None

    async def _load(self, site: str) -> RobotFileParser:
        file = RobotFileParser()
        status, text = await self._read(f"{site}/robots.txt")
        if 200 <= status < 300:
            await asyncio.to_thread(file.parse, text.splitlines())
        elif status >= 500 or status == 429:
            file.parse(["User-agent: *", "Disallow: /"])  # until its owner can tell us otherwise
        else:
            file.parse([])
        self._known[site] = file
        return file


def _site(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
