"""Publications in SQL: what was proposed, by whom and why, how far it is, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.clock import now
from bot.storage.database import Database
from bot.storage.studio_tables import WORKING, publications
from bot.studio.drafts import Draft, Drafts, revive, settle
from bot.studio.state import Difference, State, differences, field_label
from bot.texts import Texts

Listener = Callable[["Publication"], None]


class NotNow(Exception):
    """The act is not possible in this state; the message is Danish and for the editor."""


class NothingToPublish(NotNow):
    """No drafts, or drafts that change nothing."""


class FourEyes(NotNow):
    """The author may not approve."""


@dataclass(frozen=True)
class Change:
    """One service in a publication. `state` is put in the place of `before`; `draft` is what it was made from."""

    service: str
    layer: str
    title: str
    state: State
    before: State | None
    draft: Draft
    differences: tuple[Difference, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        draft = {**asdict(self.draft), "changed_at": self.draft.changed_at.isoformat()}
        draft |= {"state": self.draft.state.as_dict(), "base": self.draft.base.as_dict() if self.draft.base else None}
        return {
            "service": self.service,
            "layer": self.layer,
            "title": self.title,
            "state": self.state.as_dict(),
            "before": self.before.as_dict() if self.before else None,
            "draft": draft,
            "differences": [asdict(one) for one in self.differences],
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Change:
        """The inverse of `as_dict`."""
        draft = dict(value["draft"])
        draft["changed_at"] = datetime.fromisoformat(draft["changed_at"])
        draft["state"] = State.from_dict(draft["state"])
        draft["base"] = State.from_dict(draft["base"]) if draft["base"] else None
        found = [
            {**one, "added": tuple(one["added"]), "removed": tuple(one["removed"])} for one in value["differences"]
        ]
        return cls(
            service=value["service"],
            layer=value["layer"],
            title=value["title"],
            state=State.from_dict(value["state"]),
            before=State.from_dict(value["before"]) if value["before"] else None,
            draft=Draft(**draft),
            differences=tuple(Difference(**one) for one in found),
        )


@dataclass(frozen=True)
class Publication:
    """See `bot.storage.studio_tables.PUBLICATION_STATES` for the states and build.py for the report.

    `progress`: 0-100. `content`: names the files it was made from. `model`, `model_before`: names of files.
    `acted_at`: when it went live or was rolled back, whichever came last. `ended_*`: who rolled it back or cancelled it, and why.
    """

    id: str
    author: str
    author_name: str
    reason: str
    created_at: datetime
    state: str
    progress: int = 0
    report: dict[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    content: str | None = None
    model: str | None = None
    model_before: str | None = None
    scheduled_at: datetime | None = None
    approved_by: str | None = None
    approved_name: str | None = None
    live_at: datetime | None = None
    acted_at: datetime | None = None
    ended_by: str | None = None
    ended_name: str | None = None
    ended_reason: str | None = None

    @property
    def working(self) -> bool:
        """Whether the machine is at work on it."""
        return self.state in WORKING

    @property
    def serves(self) -> str | None:
        """The model file that its last act put in place; None when it never went live."""
        return {"live": self.model, "rolled_back": self.model_before}.get(self.state)


class Publications:
    """The record and the acts on it. Methods raise StorageDown.

    Args:
        database: where they are kept.
        drafts: what they are made from.
        texts: the desk's sentences.
        four_eyes: whether the author may not approve.
    """

    def __init__(self, database: Database, drafts: Drafts, texts: Texts, *, four_eyes: bool) -> None:
        self._database = database
        self._drafts = drafts
        self._texts = texts
        self._four_eyes = four_eyes
        self._listeners: list[Listener] = []
        self.work = asyncio.Event()
        """Set when there is something for the worker to do."""

    async def start(
        self, author: str, author_name: str, reason: str, drafts: Sequence[Draft], at: datetime | None = None
    ) -> Publication:
        """Queue drafts as they are now. With `at` it goes live then, once approved.

        Raises:
            NothingToPublish: no draft changes anything.
            NotNow: a draft and the files both changed a field; the editor must look (`Drafts.restate`, `Drafts.rebase`).
            ContentError: a file is broken.
        """
        changes = [change for draft in drafts if (change := await self._change(draft)).differences]
        if not changes:
            raise NothingToPublish(self._texts.say("studio_nothing"))
        publication = Publication(
            str(uuid4()), author, author_name, reason, now(), "queued", changes=tuple(changes), scheduled_at=at
        )

        def work(connection: Connection) -> None:
            connection.execute(insert(publications).values(**_row(publication)))

        await self._database.write(work)
        self.work.set()
        return self._told(publication)

    async def all(self, limit: int = 50) -> list[Publication]:
        """The newest first."""

        def work(connection: Connection) -> list[Publication]:
            rows = connection.execute(select(publications).order_by(publications.c.created_at.desc()).limit(limit))
            return [_publication(row) for row in rows.mappings()]

        return await self._database.read(work)

    async def get(self, publication_id: str) -> Publication | None:
        """One publication."""
        return await self._database.read(lambda connection: find(connection, publication_id))

    async def in_state(self, *states: str) -> list[Publication]:
        """Those in one of the states, the oldest first."""

        def work(connection: Connection) -> list[Publication]:
            query = select(publications).where(publications.c.state.in_(states)).order_by(publications.c.created_at)
            return [_publication(row) for row in connection.execute(query).mappings()]

        return await self._database.read(work)

    async def latest(self) -> Publication | None:
        """The one that last changed what is served, by going live or by being rolled back."""
        return max(
            await self.in_state("live", "rolled_back"), key=lambda one: one.acted_at or one.created_at, default=None
        )

    async def last_changed(self) -> dict[str, tuple[datetime, str]]:
        """For each service that was ever published from here: when it last went live, and its author's name."""
        found: dict[str, tuple[datetime, str]] = {}
        for one in await self.in_state("live"):
            for change in one.changes:
                if one.live_at and (change.service not in found or found[change.service][0] < one.live_at):
                    found[change.service] = (one.live_at, one.author_name)
        return found

    async def approve(self, publication_id: str, by: str, by_name: str, at: datetime | None = None) -> Publication:
        """Let it go live: at `at`, or when it was planned for, or now. Raises FourEyes, NotNow."""

        def allowed(found: Publication) -> None:
            self._require(found, "ready")
            if self._four_eyes and by == found.author:
                raise FourEyes(self._texts.say("studio_four_eyes", navn=found.author_name))

        values: dict[str, Any] = {"state": "approved", "approved_by": by, "approved_name": by_name}
        if at:
            values["scheduled_at"] = at
        publication = await self.change(publication_id, allowed, **values)
        self.work.set()
        return publication

    async def cancel(self, publication_id: str, by: str, by_name: str) -> Publication:
        """Stop it before it goes live; the drafts stay. Raises NotNow."""
        report = {"problems": [self._texts.say("studio_cancelled", navn=by_name)], "hints": []}

        def allowed(found: Publication) -> None:
            self._require(found, "queued", *WORKING, "ready", "approved")

        return await self.change(
            publication_id, allowed, state="failed", report=report, ended_by=by, ended_name=by_name
        )

    async def retry(self, publication_id: str, by: str, by_name: str) -> Publication:
        """A new publication of the same services' drafts as they are now; one that is not live yet is given up. Raises NotNow."""
        found = await self.get(publication_id)
        if found is None:
            raise NotNow(self._texts.say("studio_nothing"))
        self._require(found, "failed", "ready", "rolled_back")
        drafts = [await self._drafts.get(change.service, change.layer) for change in found.changes]
        again = await self.start(by, by_name, found.reason, [draft for draft in drafts if draft], found.scheduled_at)
        if found.state == "ready":
            await self.cancel(found.id, by, by_name)
        return again

    async def change(
        self, publication_id: str, allowed: Callable[[Publication], None] | None = None, **values: Any
    ) -> Publication:
        """Write columns if `allowed` does not raise. Raises NotNow when there is no such publication."""

        def work(connection: Connection) -> Publication:
            found = find(connection, publication_id)
            if found is None:
                raise NotNow(self._texts.say("studio_nothing"))
            if allowed:
                allowed(found)
            connection.execute(update(publications).where(publications.c.id == publication_id).values(**values))
            return replace(found, **values)

        return self._told(await self._database.write(work))

    async def finish(self, publication_id: str, act: str) -> Publication:
        """The files are changed: it is live, rolled back or failed. Its drafts are done with, come back, or stay.

        Doing it again does no harm.
        """

        def work(connection: Connection) -> Publication:
            found = find(connection, publication_id)
            if found is None:
                raise NotNow(self._texts.say("studio_nothing"))
            if found.state == act:
                return found
            values: dict[str, Any] = {"state": act, "acted_at": now()}
            if act == "live":
                values |= {"live_at": values["acted_at"], "progress": 100}
            connection.execute(update(publications).where(publications.c.id == publication_id).values(**values))
            for change in found.changes:
                if act == "live":
                    settle(connection, change.draft.state, None if change.state.gone else change.state)
                elif act == "rolled_back":
                    again = replace(change.draft, state=change.state, version=change.state.hash, base=change.before)
                    revive(connection, again)
            return replace(found, **values)

        return self._told(await self._database.write(work))

    def hear(self, listener: Listener) -> Callable[[], None]:
        """`listener` is called at each step in this process; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _told(self, publication: Publication) -> Publication:
        for listener in list(self._listeners):
            listener(publication)
        return publication

    def _require(self, found: Publication, *states: str) -> None:
        if found.state not in states:
            raise NotNow(self._texts.say("studio_not_state", tilstand=self._texts.say(f"studio_state_{found.state}")))

    async def _change(self, draft: Draft) -> Change:
        state, both = await self._drafts.restate(draft)
        before = await self._drafts.live(draft.id, draft.layer)
        title = str((state.fields or (before.fields if before else {})).get("title", draft.id))
        if both:
            names = ", ".join(field_label(name, self._texts) for name in both)
            raise NotNow(self._texts.say("studio_both_changed", titel=title, felter=names))
        found = differences(before, state, self._texts)
        return Change(draft.id, draft.layer, title, state, before, draft, tuple(found))


def find(connection: Connection, publication_id: str) -> Publication | None:
    """One publication within a transaction."""
    row = connection.execute(select(publications).where(publications.c.id == publication_id)).mappings().first()
    return _publication(row) if row else None


def _row(publication: Publication) -> dict[str, Any]:
    values = {name: getattr(publication, name) for name in publication.__dataclass_fields__}
    values["author_id"] = values.pop("author")
    return values | {"changes": [change.as_dict() for change in publication.changes]}


def _publication(row: Any) -> Publication:
    values = dict(row)
    values["author"] = values.pop("author_id")
    values["changes"] = tuple(Change.from_dict(change) for change in values["changes"])
    return Publication(**values)
