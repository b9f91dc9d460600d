"""Drafts: what an editor proposes for one service. Two editors on one service never lose each other's work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import Connection

from bot.clock import now
from bot.storage.database import Database
from bot.storage.studio_tables import drafts
from bot.studio.content_files import ContentFiles
from bot.studio.state import SHARED, Difference, State, differences, merged
from bot.texts import Texts


@dataclass(frozen=True)
class Draft:
    """One service's proposed state. `base`: what the files had when the draft was begun; None for a new service.

    `version` names the state; `subject_title` is the title of a subject that the service would begin, else "".
    """

    id: str
    layer: str
    state: State
    base: State | None
    author: str
    author_name: str
    changed_at: datetime
    version: str
    subject_title: str = ""


@dataclass(frozen=True)
class Opened:
    """What an editor begins from, and the version to save with. `draft` is None while nobody has begun one."""

    state: State | None
    version: str
    draft: Draft | None


class Conflict(Exception):
    """Somebody saved meanwhile. `differences`: from theirs to yours. Save again with `version` to put yours in its place."""

    def __init__(
        self, yours: State, theirs: State | None, version: str, author_name: str, found: list[Difference]
    ) -> None:
        self.yours = yours
        self.theirs = theirs
        self.version = version
        self.author_name = author_name
        self.differences = found
        super().__init__(yours.id)


class Drafts:
    """At most one draft a service and layer; every editor sees it. All methods raise StorageDown; those that read files ContentError."""

    def __init__(self, database: Database, files: ContentFiles, texts: Texts) -> None:
        self.files = files
        self._database = database
        self._texts = texts

    async def all(self) -> list[Draft]:
        """All drafts, the last changed first."""

        def work(connection: Connection) -> list[Draft]:
            rows = connection.execute(select(drafts).order_by(drafts.c.changed_at.desc()))
            return [_draft(row) for row in rows.mappings()]

        return await self._database.read(work)

    async def get(self, service_id: str, layer: str = SHARED) -> Draft | None:
        """The draft of a service."""
        return await self._database.read(lambda connection: _find(connection, service_id, layer))

    async def open(self, service_id: str, layer: str = SHARED) -> Opened:
        """The draft if there is one, else the live files. `state` is None when there is neither."""
        draft = await self.get(service_id, layer)
        if draft:
            return Opened(draft.state, draft.version, draft)
        live = await self.live(service_id, layer)
        return Opened(live, _version(live), None)

    async def save(
        self, state: State, version: str, author: str, author_name: str, subject_title: str = ""
    ) -> Draft | None:
        """Keep `state` as the draft. None when it is what the files have: then there is no draft.

        Args:
            state: cleaned as by `State.tidy`.
            version: from `open`, or from a Conflict that was looked at; "" for a new service.
            author: id of the editor.
            author_name: shown to the others.
            subject_title: when the service begins a new subject.

        Raises:
            Conflict: when another version was saved since.
        """
        state = state.tidy()
        live = await self.live(state.id, state.layer)

        def work(connection: Connection) -> Draft | None:
            found = _find(connection, state.id, state.layer)
            theirs = found.state if found else live
            if version != _version(theirs) and state.hash != _version(theirs):
                name = found.author_name if found else ""
                told = differences(theirs, state, self._texts)
                raise Conflict(state, theirs, _version(theirs), name, told)
            if state.hash == _version(live):
                connection.execute(delete(drafts).where(_is(state.id, state.layer)))
                return None
            draft = Draft(
                state.id, state.layer, state, found.base if found else live, author, author_name, now(), state.hash,
                subject_title,
            )  # fmt: skip
            _keep(connection, draft, new=found is None)
            return draft

        return await self._database.write(work)

    async def discard(self, service_id: str, layer: str, version: str) -> bool:
        """Throw the draft away. False when it is not that version any more, or gone."""

        def work(connection: Connection) -> bool:
            one = and_(_is(service_id, layer), drafts.c.version == version)
            return bool(connection.execute(delete(drafts).where(one)).rowcount)

        return await self._database.write(work)

    async def diff(self, draft: Draft) -> list[Difference]:
        """What publishing the draft would change, in words."""
        state, _ = await self.restate(draft)
        return differences(await self.live(draft.id, draft.layer), state, self._texts)

    async def restate(self, draft: Draft) -> tuple[State, list[str]]:
        """The draft's changes on top of the files as they are now, and the fields that were changed in both."""
        return merged(draft.base, draft.state, await self.live(draft.id, draft.layer))

    async def rebase(self, draft: Draft) -> Draft:
        """Take the files' changes into the draft; where both changed a field, the draft's stands. Raises Conflict as `save` does."""
        state, _ = await self.restate(draft)
        live = await self.live(draft.id, draft.layer)

        def work(connection: Connection) -> Draft:
            found = _find(connection, draft.id, draft.layer)
            if found is None or found.version != draft.version:
                theirs = found.state if found else live
                name = found.author_name if found else ""
                raise Conflict(state, theirs, _version(theirs), name, differences(theirs, state, self._texts))
            moved = replace(draft, state=state, base=live, version=state.hash, changed_at=now())
            _keep(connection, moved, new=False)
            return moved

        return await self._database.write(work)

    async def live(self, service_id: str, layer: str) -> State | None:
        """What the files have. Raises ContentError."""
        return await asyncio.to_thread(self.files.read, service_id, layer)


def settle(connection: Connection, published: State, live: State | None) -> None:
    """After going live: the draft is done with if it is what was published; if it was changed since, it now stands on the new files."""
    found = _find(connection, published.id, published.layer)
    if found is None:
        return
    if found.version == published.hash:
        connection.execute(delete(drafts).where(_is(found.id, found.layer)))
    else:
        base = live.as_dict() if live else None
        connection.execute(update(drafts).where(_is(found.id, found.layer)).values(base=base))


def revive(connection: Connection, draft: Draft) -> None:
    """After a roll back: the work is a draft again, unless somebody has begun another."""
    if _find(connection, draft.id, draft.layer) is None:
        _keep(connection, draft, new=True)


def _find(connection: Connection, service_id: str, layer: str) -> Draft | None:
    row = connection.execute(select(drafts).where(_is(service_id, layer))).mappings().first()
    return _draft(row) if row else None


def _keep(connection: Connection, draft: Draft, *, new: bool) -> None:
    values = {
        "version": draft.version,
        "state": draft.state.as_dict(),
        "base": draft.base.as_dict() if draft.base else None,
        "subject_title": draft.subject_title,
        "author_id": draft.author,
        "author_name": draft.author_name,
        "changed_at": draft.changed_at,
    }
    if new:
        connection.execute(insert(drafts).values(service_id=draft.id, layer=draft.layer, **values))
    else:
        connection.execute(update(drafts).where(_is(draft.id, draft.layer)).values(**values))


def _is(service_id: str, layer: str) -> Any:
    return and_(drafts.c.service_id == service_id, drafts.c.layer == layer)


def _version(state: State | None) -> str:
    return state.hash if state else ""


def _draft(row: Any) -> Draft:
    return Draft(
        id=row["service_id"],
        layer=row["layer"],
        state=State.from_dict(row["state"]),
        base=State.from_dict(row["base"]) if row["base"] else None,
        author=row["author_id"],
        author_name=row["author_name"],
        changed_at=row["changed_at"],
        version=row["version"],
        subject_title=row["subject_title"],
    )
