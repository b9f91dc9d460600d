"""Operations notices: what editors tell all citizens for a time, e.g. that a self-service is down.

    notices = Notices(database, texts)                 # texts: data/texts/desk.yml
    await notices.post(NoticeDraft(text, begins_at, ends_at, severity, text_english), author_id, author_name) → Notice
    await notices.change(id, draft, author_id, author_name) → Notice | None
    await notices.remove(id, author_id, author_name) → Notice | None
    await notices.restore(version, author_id, author_name) → Notice | None      undo: that version holds again
    await notices.ahead() → [Notice]       those that hold now or will
    await notices.latest(limit) → [Notice] all, newest first; await notices.history(id) → [Notice] every version, newest first

Nothing is overwritten. `post` and `change` raise Faulty. What citizens see is read through ChatSettings (chat_settings.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.conversation.clean import clean
from bot.storage.database import Database
from bot.storage.notice_tables import notices
from bot.texts import Texts

SEVERITIES = ("info", "warning", "serious")
MOST_TEXT = 300
LONGEST = timedelta(days=90)
"""What holds longer belongs in a service."""
_N = notices.c


class Faulty(Exception):
    """What an editor must put right. `faults`: a Danish sentence for each field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(*faults.values())
        self.faults = dict(faults)


@dataclass(frozen=True)
class NoticeDraft:
    """A notice as an editor fills it in. Times are aware; `severity` is one of SEVERITIES; `text_english` may be empty."""

    text: str
    begins_at: datetime
    ends_at: datetime
    severity: str = "info"
    text_english: str = ""


@dataclass(frozen=True)
class Notice:
    """One version of a notice. `removed`: taken away before its time. `author_name` made this version, `at`."""

    version: int
    id: str
    text: str
    text_english: str
    severity: str
    begins_at: datetime
    ends_at: datetime
    removed: bool
    author_id: str
    author_name: str
    at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether citizens see it at `moment`."""
        return not self.removed and self.begins_at <= moment < self.ends_at

    def said(self, language: str) -> str:
        """The text in the language, Danish where there is none."""
        return self.text_english if language == "en" and self.text_english else self.text


class Notices:
    """See the module. Every method raises StorageDown."""

    def __init__(self, database: Database, texts: Texts) -> None:
        self._database = database
        self._texts = texts

    async def post(self, draft: NoticeDraft, author_id: str, author_name: str) -> Notice:
        """A new notice. Raises Faulty."""
        values = self._checked(draft)
        return await self._database.write(
            lambda c: _add(c, str(uuid4()), author_id, author_name, removed=False, **values)
        )

    async def change(self, notice_id: str, draft: NoticeDraft, author_id: str, author_name: str) -> Notice | None:
        """Another text or period; None when there is no such notice. Raises Faulty."""
        values = self._checked(draft)
        return await self._next(notice_id, author_id, author_name, lambda _: {**values, "removed": False})

    async def remove(self, notice_id: str, author_id: str, author_name: str) -> Notice | None:
        """Take it away now; None when there is no such notice."""
        return await self._next(notice_id, author_id, author_name, lambda last: {**_content(last), "removed": True})

    async def restore(self, version: int, author_id: str, author_name: str) -> Notice | None:
        """Let an earlier version hold again; None when there is none."""

        def work(connection: Connection) -> Notice | None:
            row = connection.execute(select(notices).where(_N.version == version)).one_or_none()
            return (
                _add(connection, row.id, author_id, author_name, removed=row.removed, **_content(row)) if row else None
            )

        return await self._database.write(work)

    async def ahead(self) -> list[Notice]:
        """The notices that hold or will, by when they begin."""
        found = await self._newest(_N.ends_at > clock.now(), limit=100)
        return sorted(
            (notice for notice in found if not notice.removed), key=lambda notice: (notice.begins_at, notice.version)
        )

    async def latest(self, limit: int = 50) -> list[Notice]:
        """All notices as they are now, last changed first."""
        return await self._newest(limit=limit)

    async def history(self, notice_id: str) -> list[Notice]:
        """All versions of one notice, newest first."""
        wanted = select(notices).where(_N.id == notice_id).order_by(_N.version.desc())
        return [_notice(row) for row in await self._database.read(lambda c: c.execute(wanted).all())]

    async def _newest(self, *conditions: Any, limit: int) -> list[Notice]:
        newest = select(func.max(_N.version)).group_by(_N.id)
        wanted = select(notices).where(_N.version.in_(newest), *conditions).order_by(_N.version.desc()).limit(limit)
        return [_notice(row) for row in await self._database.read(lambda c: c.execute(wanted).all())]

    async def _next(
        self, notice_id: str, author_id: str, author_name: str, values: Callable[[Row], dict[str, Any]]
    ) -> Notice | None:
        wanted = select(notices).where(_N.id == notice_id).order_by(_N.version.desc()).limit(1)

        def work(connection: Connection) -> Notice | None:
            last = connection.execute(wanted).one_or_none()
            return _add(connection, notice_id, author_id, author_name, **values(last)) if last else None

        return await self._database.write(work)

    def _checked(self, draft: NoticeDraft) -> dict[str, Any]:
        say = self._texts.say
        text, english = clean(draft.text), clean(draft.text_english)
        faults: dict[str, str] = {}
        if not text:
            faults["text"] = say("notices_text_missing")
        for name, value in (("text", text), ("text_english", english)):
            if len(value) > MOST_TEXT:
                faults[name] = say("notices_text_long", tegn=str(MOST_TEXT))
        if draft.severity not in SEVERITIES:
            faults["severity"] = say("notices_severity_wrong")
        if draft.ends_at <= draft.begins_at:
            faults["ends_at"] = say("notices_period_backwards")
        elif draft.ends_at <= clock.now():
            faults["ends_at"] = say("notices_period_over")
        elif draft.ends_at - draft.begins_at > LONGEST:
            faults["ends_at"] = say("notices_period_long", dage=str(LONGEST.days))
        if faults:
            raise Faulty(faults)
        return {
            "text": text,
            "text_english": english,
            "severity": draft.severity,
            "begins_at": draft.begins_at,
            "ends_at": draft.ends_at,
        }


def _add(connection: Connection, notice_id: str, author_id: str, author_name: str, **values: Any) -> Notice:
    row = {"id": notice_id, "author_id": author_id, "author_name": author_name, "at": clock.now(), **values}
    version = connection.execute(insert(notices).values(row)).inserted_primary_key[0]
    return Notice(version=version, **row)


def _content(row: Row) -> dict[str, Any]:
    return {name: row._mapping[name] for name in ("text", "text_english", "severity", "begins_at", "ends_at")}


def _notice(row: Row) -> Notice:
    return Notice(**row._mapping)
