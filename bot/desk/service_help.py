"""Which service could help: by what staff type, and by what the citizen wrote."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from bot.answers.knowledge import Knowledge
from bot.answers.service import links_of
from bot.catalogue.catalogue import Entry
from bot.engine.contract import Engine
from bot.nlu.text import words

logger = logging.getLogger(__name__)

_MOST_SUGGESTED = 3
_SERVICE = "service"
"""The intent of all services."""
_LIKELY, _CLEAR = 0.05, 0.5
"""Probabilities of the bot: below the first a service is not worth showing; from the second on it is what is talked of."""
_ALIKE, _CLEARLY_ALIKE = 0.15, 0.25
"""The same in cosines of PageSearch."""
Index = dict[str, list[str]]


class ServiceHelp:
    """The catalogue as staff use it.

    Args:
        read: gives the knowledge in force, which changes when editors publish.
        engine: the bot, which is asked what it would take a citizen's words for.
    """

    def __init__(self, read: Callable[[], Knowledge], engine: Engine) -> None:
        self._read = read
        self._engine = engine
        self._indexed: Knowledge | None = None
        self._index: Index = {}

    async def load(self) -> None:
        """Read the content without holding up citizens: it takes seconds, the first time and after each publishing."""
        await asyncio.to_thread(self._read)

    def entries(self) -> list[Entry]:
        """Every service, by title."""
        return sorted(self._read().catalogue.entries.values(), key=lambda entry: entry.title.casefold())

    def titles(self) -> dict[str, str]:
        """The title of each service by its id."""
        return {entry.id: entry.title for entry in self._read().catalogue.entries.values()}

    def get(self, service_id: str | None) -> Entry | None:
        """The service with that id."""
        return self._read().catalogue.get(service_id)

    def named(self, name: str) -> Entry | None:
        """The service with that id or title."""
        title = name.strip().casefold()
        return self.get(name) or next((entry for entry in self.entries() if entry.title.casefold() == title), None)

    def find(self, typed: str, most: int = 8) -> list[Entry]:
        """Services in whose title or keywords every typed word begins a word; first those where it is said most often."""
        begun = words(typed)
        said = {
            service_id: sum(word.startswith(tuple(begun)) for word in whole)
            for service_id, whole in self._words().items()
            if begun and all(any(word.startswith(part) for word in whole) for part in begun)
        }
        entries = self._read().catalogue.entries
        found = sorted(said, key=lambda service_id: (-said[service_id], entries[service_id].title))
        return [entries[service_id] for service_id in found[:most]]

    async def for_message(self, text: str, subject: str | None) -> list[Entry]:
        """The services that a citizen's words are most likely about, best first, at most three.

        Short words in the middle of a talk («ja, i mandags») say little; then the service talked of so far, `subject`, is first.
        """
        found, clear = await self._understood(text) if text else ([], False)
        so_far = self.get(subject)
        if so_far and so_far not in found:
            found = [*found[: _MOST_SUGGESTED - 1], so_far] if clear else [so_far, *found]
        return found[:_MOST_SUGGESTED]

    async def _understood(self, text: str) -> tuple[list[Entry], bool]:
        """What the bot itself would take `text` for, or the page search while it can't say; and whether the first is clear."""
        try:
            explained = await self._engine.explain(text) if self._engine.ready else {}
        except Exception:
            # Staff must be able to answer also when the bot can't.
            logger.exception("explain failed")
            explained = {}
        if "intent" in explained:
            ranking = explained["ranking"] if explained["intent"]["name"] == _SERVICE else []
            likely = [
                (self.get(one["service"]), one["probability"]) for one in ranking if one["probability"] >= _LIKELY
            ]
            return [entry for entry, _ in likely if entry], bool(likely) and likely[0][1] >= _CLEAR
        hits = [hit for hit in self._read().search.find(text) if hit.likeness >= _ALIKE]
        return [hit.entry for hit in hits], bool(hits) and hits[0].likeness >= _CLEARLY_ALIKE

    def cards(self, chosen: Iterable[str]) -> list[dict[str, str]]:
        """Link cards by `service:number`, e.g. `pas:0`; unknown ones are left out."""
        cards = []
        for value in chosen:
            service_id, _, number = value.partition(":")
            entry = self.get(service_id)
            if entry and number.isdecimal() and int(number) < len(entry.links):
                cards.append(links_of(entry, self._read())[int(number)])
        return cards

    def _words(self) -> Index:
        """The folded words of each service's title and keywords."""
        knowledge = self._read()
        if self._indexed is not knowledge:
            self._index = {
                entry.id: words(" ".join([entry.title, *entry.service.keywords]))
                for entry in knowledge.catalogue.entries.values()
            }
            self._indexed = knowledge
        return self._index
