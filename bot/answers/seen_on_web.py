"""What the link watch and the sitemap have seen, laid over the knowledge that was loaded from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.answers.own_pages import OwnPage, OwnPages

if TYPE_CHECKING:
    from bot.answers.knowledge import Knowledge


@dataclass(frozen=True, eq=False)
class _Seen:
    dead: frozenset[str] = frozenset()
    pages: OwnPages = field(default_factory=OwnPages)


class SeenOnWeb:
    """Addresses that are not shown for now, and the municipality's own pages."""

    def __init__(self) -> None:
        self._seen = _Seen()
        self._laid: dict[str, tuple[Knowledge, _Seen, Knowledge]] = {}

    def see(self, dead: frozenset[str], pages: Sequence[OwnPage] | None = None) -> None:
        """From now on give front pages in the place of dead links, and find these pages; None: those known so far.

        Builds an index: call it in a thread. bot/studio/web_watch.py calls it after each round.
        """
        self._seen = _Seen(dead, self._seen.pages if pages is None else OwnPages(pages))

    def over(self, loaded: Knowledge) -> Knowledge:
        """The knowledge with what was seen; the same object for as long as neither changes."""
        seen = self._seen
        known = self._laid.get(loaded.language)
        if known and known[0] is loaded and known[1] is seen:
            return known[2]
        catalogue = loaded.catalogue.avoiding(seen.dead)
        laid = replace(loaded, catalogue=catalogue, search=loaded.search.showing(catalogue), own_pages=seen.pages)
        self._laid[loaded.language] = loaded, seen, laid
        return laid


seen_on_web = SeenOnWeb()
"""Of this process."""
