"""What an editor decides of the chat window: whether the bot answers, how it greets, what it is called, its colour.

settings = ChatSettings(database, municipality, texts)      # texts: data/texts/desk.yml
await settings.current() → ChatLook          what holds now; at most 10 seconds old; never raises
await settings.notices() → [Notice]          the operations notices that hold now; the same
await settings.set({"on": False, "closed_text": "…"}, author_id, author_name) → ChatLook       raises Faulty, StorageDown
await settings.restore(version, author_id, author_name) → ChatLook     undo; version 0: what the municipality's file says
await settings.history(limit) → [SettingsVersion]       newest first
await settings.announce(begun)               for as long as the server runs: `begun(notice)` the moment one begins
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.catalogue.catalogue import fill
from bot.catalogue.municipality import Municipality
from bot.conversation.clean import clean
from bot.storage.database import Database, StorageDown
from bot.storage.notice_tables import chat_settings
from bot.studio.notices import Faulty, Notice, Notices
from bot.texts import Texts

logger = logging.getLogger(__name__)

CACHE_SECONDS = 10.0
ANNOUNCE_SECONDS = 2.0
MOST_LETTERS = {
    "name": 30,
    "bubble": 120,
    "bubble_english": 120,
    "welcome": 500,
    "welcome_english": 500,
    "closed_text": 500,
    "closed_text_english": 500,
}
"""Texts that may be set, with the characters each may have. `{kommune}`, `{telefon}` and the like are filled in."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_S = chat_settings.c


@dataclass(frozen=True)
class ChatLook:
    """How the chat is now. Texts are filled in; those in English are empty when nobody wrote them.

    `on`: the bot answers; otherwise `closed_text` stands for every answer of it, but for those in danger. `bubble`: what the closed
    window says of itself on the page, empty for nothing. `version`: 0 when nothing was ever set.
    """

    on: bool
    closed_text: str
    closed_text_english: str
    welcome: str
    welcome_english: str
    name: str
    colour: str
    bubble: str
    bubble_english: str
    version: int


@dataclass(frozen=True)
class SettingsVersion:
    """What was set, by whom and when. `values` has only what differs from the municipality's file; texts as they were written."""

    version: int
    values: Mapping[str, Any]
    author_id: str
    author_name: str
    at: datetime


class ChatSettings:
    """See the module. One object for a process."""

    def __init__(
        self, database: Database, municipality: Municipality, texts: Texts, *, cache_seconds: float = CACHE_SECONDS
    ) -> None:
        self._database = database
        self._municipality = municipality
        self._texts = texts
        self._notices = Notices(database, texts)
        self._cache_seconds = cache_seconds
        self._read_at = float("-inf")
        self._look = self._shown(0, {})
        self._ahead: list[Notice] = []
        self._reading = asyncio.Lock()

    async def current(self) -> ChatLook:
        """What holds now. When the database is down: what held last."""
        await self._refresh()
        return self._look

    async def notices(self) -> list[Notice]:
        """The notices that hold now, by when they began. When the database is down: of those that were known."""
        await self._refresh()
        moment = clock.now()
        return [notice for notice in self._ahead if notice.holds(moment)]

    async def set(self, values: Mapping[str, Any], author_id: str, author_name: str) -> ChatLook:
        """Set the whole of it: `on`, `colour` and the texts of MOST_LETTERS. What is empty or left out is as in the municipality's file.

        Raises:
            Faulty: naming each field to put right.
            StorageDown: nothing is set.
        """
        return await self._add(self._checked(values), author_id, author_name)

    async def restore(self, version: int, author_id: str, author_name: str) -> ChatLook | None:
        """Let an earlier version hold again; None when there is none. Raises StorageDown."""
        kept: Mapping[str, Any] | None = {}
        if version:
            wanted = select(_S["values"]).where(_S.version == version)
            kept = await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())
        return None if kept is None else await self._add(dict(kept), author_id, author_name)

    async def history(self, limit: int = 50) -> list[SettingsVersion]:
        """The last versions, newest first. Raises StorageDown."""
        wanted = select(chat_settings).order_by(_S.version.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [SettingsVersion(**row._mapping) for row in rows]

    async def announce(self, begun: Callable[[Notice], None]) -> None:
        """Call `begun` with each notice that begins from now on, or is posted to hold at once. Ends when cancelled."""
        known = {notice.id for notice in await self.notices()}
        while True:
            await asyncio.sleep(ANNOUNCE_SECONDS)
            current = await self.notices()
            for notice in current:
                if notice.id not in known:
                    begun(notice)
            known = {notice.id for notice in current}

    def forget(self) -> None:
        """Read anew at the next call: an editor has changed a notice."""
        self._read_at = float("-inf")

    async def _refresh(self) -> None:
        async with self._reading:
            if monotonic() - self._read_at < self._cache_seconds:
                return
            try:
                newest = select(chat_settings).order_by(_S.version.desc()).limit(1)
                row: Row | None = await self._database.read(lambda connection: connection.execute(newest).first())
                self._ahead = [self._filled(notice) for notice in await self._notices.ahead()]
            except StorageDown:
                logger.error("settings of the chat not read: database down")
            else:
                self._look = self._shown(row.version, row._mapping["values"]) if row else self._shown(0, {})
            self._read_at = monotonic()

    def _filled(self, notice: Notice) -> Notice:
        words = self._municipality.placeholders()
        return replace(notice, text=fill(notice.text, words), text_english=fill(notice.text_english, words))

    async def _add(self, values: dict[str, Any], author_id: str, author_name: str) -> ChatLook:
        row = {"values": values, "author_id": author_id, "author_name": author_name, "at": clock.now()}

        def work(connection: Connection) -> int:
            return int(connection.execute(insert(chat_settings).values(row)).inserted_primary_key[0])

        version = await self._database.write(work)
        self.forget()
        return self._shown(version, values)

    def _shown(self, version: int, values: Mapping[str, Any]) -> ChatLook:
        words = self._municipality.placeholders()
        texts = {name: fill(values.get(name, ""), words) for name in MOST_LETTERS}
        texts["welcome"] = texts["welcome"] or fill(self._municipality.greeting, words)
        texts["name"] = texts["name"] or self._municipality.bot_name
        for name in ("closed_text", "closed_text_english"):
            texts[name] = texts[name] or self._texts.say(f"notices_default_{name}")
        return ChatLook(
            on=values.get("on", True),
            colour=values.get("colour") or self._municipality.colour,
            version=version,
            **texts,
        )

    def _checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        say = self._texts.say
        faults: dict[str, str] = {}
        checked: dict[str, Any] = {} if values.get("on", True) else {"on": False}
        for name, most in MOST_LETTERS.items():
            text = clean(str(values.get(name) or ""))
            if len(text) > most:
                faults[name] = say("notices_field_long", tegn=str(most))
            elif text:
                checked[name] = text
        colour = str(values.get("colour") or "").strip().lower()
        if colour and not _COLOUR.fullmatch(colour):
            faults["colour"] = say("notices_colour_wrong")
        elif colour:
            checked["colour"] = colour
        unknown = set(values) - {"on", "colour", *MOST_LETTERS}
        if unknown:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        if faults:
            raise Faulty(faults)
        return checked
