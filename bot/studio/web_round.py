"""Whose turn it is to look at the web: one worker at a time, told by a row in SQL that must be kept alive."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.escalation.hours import LOCAL
from bot.storage.database import Database, StorageDown
from bot.storage.link_tables import web_rounds

logger = logging.getLogger(__name__)

BEAT = timedelta(seconds=15)
CUT_OFF_AFTER = timedelta(minutes=2)
"""A round that has not said it is alive for so long was killed with its worker."""
WINDOW = timedelta(hours=6)
"""A server that was down at the set hour makes up for it within this; one that is started by day begins no round of itself."""
OUTCOMES = ("done", "stopped", "failed", "cut_off", "no_network")
_R = web_rounds.c


@dataclass(frozen=True)
class Round:
    """One look at all links (`job` "links") or all own pages ("pages").

    `asked_by`: name of who asked for it, None when it was the clock. `done` of `total` addresses are looked at. `outcome`: one of
    OUTCOMES, None while it runs. `counts`: how many by result.
    """

    id: str
    job: str
    asked_by: str | None
    begun_at: datetime
    alive_at: datetime
    ended_at: datetime | None
    outcome: str | None
    total: int
    done: int
    counts: Mapping[str, int]


class Lost(Exception):
    """Another worker holds the round now: this one was thought dead."""


class Turn:
    """The right to a round that has begun. Keeps it alive in the background."""

    def __init__(self, database: Database, round_id: str, beat: timedelta) -> None:
        self._database = database
        self._id = round_id
        self._beat = beat
        self.counts: Counter[str] = Counter()
        self.done = 0
        self.total: int | None = None
        """Set when it is found out on the way."""

    def count(self, result: str) -> None:
        """One more address is looked at."""
        self.counts[result] += 1
        self.done += 1

    async def keep(self) -> None:
        """Say «alive» until cancelled. Raises Lost."""
        while True:
            await asyncio.sleep(self._beat.total_seconds())
            try:
                held = await self._write(alive_at=clock.now())
            except StorageDown:
                continue  # back within CUT_OFF_AFTER, or lost
            if not held:
                raise Lost

    async def end(self, outcome: str) -> None:
        """The round is over."""
        await self._write(ended_at=clock.now(), outcome=outcome)

    async def _write(self, **values: object) -> bool:
        values |= {"done": self.done, "counts": dict(self.counts)}
        if self.total is not None:
            values["total"] = self.total
        mine = update(web_rounds).where(_R.id == self._id, _R.ended_at.is_(None)).values(**values)
        return bool(await self._database.write(lambda connection: connection.execute(mine).rowcount))


class WebRounds:
    """Begins rounds. Every method raises StorageDown.

    Args:
        beat: between two signs of life.
        cut_off_after: without one.
    """

    def __init__(self, database: Database, beat: timedelta = BEAT, cut_off_after: timedelta = CUT_OFF_AFTER) -> None:
        self._database = database
        self._beat = beat
        self._cut_off_after = cut_off_after

    async def run(
        self,
        job: str,
        total: int,
        work: Callable[[Turn], Awaitable[str]],
        *,
        asked_by: str | None,
        unless_since: datetime | None = None,
    ) -> Round | None:
        """Do `work`, which returns one of OUTCOMES, unless this or another worker is at the same job.

        Args:
            unless_since: nothing is done either when a round has begun since then.

        Returns:
            The round when it has ended, or None when there was nothing to do.
        """
        moment = clock.now()
        begun = await self._database.write(lambda c: self._begin(c, job, total, asked_by, moment, unless_since))
        if begun is None:
            return None
        turn = Turn(self._database, begun, self._beat)
        outcome = "stopped"  # what holds when the server stops in the middle
        try:
            outcome = await _alongside(turn.keep(), work(turn))
        except Lost:
            logger.warning("round lost to another worker", extra={"job": job})
        except Exception:
            outcome = "failed"
            logger.exception("round failed", extra={"job": job})
        finally:
            await asyncio.shield(turn.end(outcome))
        logger.info("round ended", extra={"job": job, "outcome": outcome, "counts": dict(turn.counts)})
        return await self.get(begun)

    async def get(self, round_id: str) -> Round | None:
        """A round by its id."""
        return await self._first(select(web_rounds).where(_R.id == round_id))

    async def last(self, job: str) -> Round | None:
        """The newest round of a job; it runs while `outcome` is None."""
        return await self._first(select(web_rounds).where(_R.job == job).order_by(_R.begun_at.desc()).limit(1))

    async def _first(self, wanted: object) -> Round | None:
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return _round(row) if row else None

    def _begin(
        self,
        connection: Connection,
        job: str,
        total: int,
        asked_by: str | None,
        moment: datetime,
        unless_since: datetime | None,
    ) -> str | None:
        silent = update(web_rounds).where(
            _R.job == job, _R.ended_at.is_(None), _R.alive_at < moment - self._cut_off_after
        )
        connection.execute(silent.values(ended_at=moment, outcome="cut_off"))
        of_job = select(_R.id).where(_R.job == job)
        if connection.execute(of_job.where(_R.ended_at.is_(None))).first():
            return None
        if (
            unless_since
            and connection.execute(of_job.where(_R.begun_at >= unless_since, _R.outcome != "cut_off")).first()
        ):
            return None
        round_id = str(uuid4())
        connection.execute(
            insert(web_rounds).values(
                id=round_id,
                job=job,
                asked_by=asked_by,
                begun_at=moment,
                alive_at=moment,
                total=total,
                done=0,
                counts={},
            )
        )
        return round_id


def due_since(hour: int, moment: datetime) -> datetime | None:
    """When today's round should have begun, in local time `hour`; None when it is not time for one now."""
    local = moment.astimezone(LOCAL)
    begin = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if begin > local:
        begin -= timedelta(days=1)
    return begin if moment - begin < WINDOW else None


async def _alongside(keep: Awaitable[None], work: Awaitable[str]) -> str:
    """The result of `work`, given up as soon as `keep` fails."""
    keeping, working = asyncio.ensure_future(keep), asyncio.ensure_future(work)
    try:
        await asyncio.wait({keeping, working}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            keeping.result()
        return await working
    finally:
        keeping.cancel()
        working.cancel()
        await asyncio.gather(keeping, working, return_exceptions=True)


def _round(row: Row) -> Round:
    return Round(**{name: row._mapping[name] for name in Round.__dataclass_fields__})
