"""Watches every link that citizens can be given.

    watch = LinkWatch(database, lambda: knowledge().catalogue, fetch_rules(settings, municipality))
    await watch.run(asked_by="Mette") → Round       all links; None when this or another worker is at it already
    await watch.check(address) → LinkLine           one link at once, for the form of a service
    await watch.report() → [LinkLine]               worst first, with the services that use the link
    await watch.dead_links() → frozenset[str]       for `Catalogue.avoiding`

A link that failed twice, at least an hour apart, is dead until it is seen again. What editors can do about it: link_proposals.py.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row

from bot import clock
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.municipality import Municipality
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.link_tables import link_checks
from bot.studio.link_check import FAILED, MAYBE_OURS, SEEN, LinkResult, check_link
from bot.studio.polite_fetch import MOST_ADDRESS, FetchRules, Hop, PoliteFetch
from bot.studio.public_address import Resolve, look_up
from bot.studio.web_round import Round, Turn, WebRounds

JOB = "links"
DEAD_AFTER = timedelta(hours=1)
"""Between the first failure and the one that makes a link dead: a site that restarts is not dead."""
_LEAST_HOSTS = 5
"""With fewer sites, silence of most of them says nothing of our own network."""
_C = link_checks.c


@dataclass(frozen=True)
class Place:
    """Where a link stands: a service (None: an authority's front page, named by `title`), its label and status there."""

    service: str | None
    title: str
    label: str
    status: str


@dataclass(frozen=True)
class LinkLine:
    """A link in the report. `result` and `checked_at` are None until it is looked at.

    `failures`: in a row, the first of them at `failing_since`. `seen_at`: when it last worked. `dismissed`: the address an editor did not
    want in its place.
    """

    address: str
    places: tuple[Place, ...]
    result: LinkResult | None = None
    checked_at: datetime | None = None
    seen_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    dead: bool = False
    dismissed: str | None = None

    @property
    def state(self) -> str:
        """One of link_check.STATES, or `new`."""
        return self.result.state if self.result else "new"


def fetch_rules(settings: Settings, municipality: Municipality) -> FetchRules:
    """How this installation asks other sites; they are told whom to turn to."""
    return FetchRules(
        agent=f"OdderBot-linkwatch (+{municipality.web})",
        host_delay=settings.web_host_delay,
        timeout=settings.web_timeout,
        ports=frozenset(settings.web_ports),
        networks=settings.web_networks,
    )


class LinkWatch:
    """See the module. Every method but `places` raises StorageDown.

    Args:
        read: the catalogue in force. A layer in another language has the same links.
        rules: how other sites are asked.
    """

    def __init__(
        self,
        database: Database,
        read: Callable[[], Catalogue],
        rules: FetchRules,
        *,
        resolve: Resolve = look_up,
        rounds: WebRounds | None = None,
        dead_after: timedelta = DEAD_AFTER,
    ) -> None:
        self._database = database
        self._read = read
        self._rules = rules
        self._resolve = resolve
        self._rounds = rounds or WebRounds(database)
        self._dead_after = dead_after

    def places(self) -> dict[str, tuple[Place, ...]]:
        """Every link of the catalogue and every front page, with its places; services first."""
        catalogue = self._read()
        places: defaultdict[str, list[Place]] = defaultdict(list)
        for entry in catalogue.entries.values():
            for link in entry.service.links:
                places[link.url].append(Place(entry.id, entry.title, link.label, link.status))
        for authority in catalogue.authorities.values():
            places[authority.front_page].append(Place(None, authority.name, authority.name, "checked"))
        places[catalogue.municipality.web].append(
            Place(None, catalogue.municipality.name, catalogue.municipality.name, "checked")
        )
        return {address: tuple(found) for address, found in places.items() if len(address) <= MOST_ADDRESS}

    async def run(self, asked_by: str | None = None, unless_since: datetime | None = None) -> Round | None:
        """Look at all links; some minutes, as each site is given its pauses. See WebRounds.run."""
        addresses = list(self.places())
        return await self._rounds.run(
            JOB, len(addresses), lambda turn: self._look(addresses, turn), asked_by=asked_by, unless_since=unless_since
        )

    async def last_round(self) -> Round | None:
        """The newest round; it runs while its `outcome` is None."""
        return await self._rounds.last(JOB)

    async def check(self, address: str) -> LinkLine:
        """Look at one link now. It is kept when it is one of ours."""
        async with PoliteFetch(self._rules, self._resolve) as fetch:
            result = await check_link(fetch, address)
        if address in self.places():
            await self._keep([result])
            return next(line for line in await self.report() if line.address == address)
        return LinkLine(address, (), result, clock.now())

    async def report(self) -> list[LinkLine]:
        """Every link: the dead, then the failing, the moved, the unknown, those that work."""
        rows = await self._database.read(lambda connection: connection.execute(select(link_checks)).all())
        seen = {row.address: row for row in rows}
        lines = [_line(address, places, seen.get(address)) for address, places in self.places().items()]
        return sorted(lines, key=lambda line: (_urgency(line), line.address))

    async def dead_links(self) -> frozenset[str]:
        """Addresses that citizens are not given for now."""
        wanted = select(_C.address).where(_C.dead)
        return frozenset(await self._database.read(lambda connection: connection.execute(wanted).scalars().all()))

    async def dismiss(self, address: str, proposed: str) -> None:
        """Don't propose `proposed` for this link again."""
        act = update(link_checks).where(_C.address == address).values(dismissed=proposed)
        await self._database.write(lambda connection: connection.execute(act))

    async def _look(self, addresses: Sequence[str], turn: Turn) -> str:
        doubtful: list[LinkResult] = []
        answering: set[str] = set()

        async def look(address: str) -> None:
            result = await check_link(fetch, address)
            turn.count(result.state)
            if result.state in MAYBE_OURS:
                doubtful.append(result)
            else:
                answering.add(_host(address))
                await self._keep([result])

        async with PoliteFetch(self._rules, self._resolve) as fetch, asyncio.TaskGroup() as looks:
            for address in addresses:
                looks.create_task(look(address))
        hosts = {_host(address) for address in addresses}
        if len(hosts) >= _LEAST_HOSTS and 2 * len(answering) < len(hosts):
            return "no_network"  # when most of the internet is away, it is we who are
        await self._keep(doubtful)
        await self._forget_others(addresses)
        return "done"

    async def _keep(self, results: Sequence[LinkResult]) -> None:
        moment = clock.now()

        def work(connection: Connection) -> None:
            for result in results:
                where = _C.address == result.address
                before = connection.execute(select(link_checks).where(where).with_for_update()).one_or_none()
                values = self._values(before, result, moment)
                connection.execute(
                    update(link_checks).where(where).values(values)
                    if before
                    else insert(link_checks).values(address=result.address, **values)
                )

        await self._database.write(work)

    def _values(self, before: Row | None, result: LinkResult, moment: datetime) -> dict[str, Any]:
        failures, since, dead = (before.failures, before.failing_since, before.dead) if before else (0, None, False)
        if result.state in SEEN:
            failures, since, dead = 0, None, False
        elif result.state in FAILED:
            failures, since = failures + 1, since or moment
            dead = dead or (failures > 1 and moment - since >= self._dead_after)
        return {
            "state": result.state,
            "status": result.status,
            "hops": [asdict(hop) for hop in result.hops],
            "proposed": result.proposed,
            "title": result.title,
            "detail": result.detail,
            "checked_at": moment,
            "seen_at": moment if result.state in SEEN else before.seen_at if before else None,
            "failures": failures,
            "failing_since": since,
            "dead": dead,
        }

    async def _forget_others(self, addresses: Iterable[str]) -> None:
        """Links that no service has any more."""

        def work(connection: Connection) -> None:
            known = connection.execute(select(_C.address)).scalars().all()
            for address in set(known) - set(addresses):
                connection.execute(delete(link_checks).where(_C.address == address))

        await self._database.write(work)


def by_service(lines: Iterable[LinkLine]) -> Mapping[str, list[LinkLine]]:
    """The lines of each service's links."""
    found: defaultdict[str, list[LinkLine]] = defaultdict(list)
    for line in lines:
        for service in dict.fromkeys(place.service for place in line.places if place.service):
            found[service].append(line)
    return found


def _line(address: str, places: tuple[Place, ...], row: Row | None) -> LinkLine:
    if row is None:
        return LinkLine(address, places)
    hops = tuple(Hop(**hop) for hop in row.hops)
    result = LinkResult(address, row.state, row.status, hops, row.proposed, row.title, row.detail)
    kept = {
        name: row._mapping[name] for name in ("checked_at", "seen_at", "failures", "failing_since", "dead", "dismissed")
    }
    return replace(LinkLine(address, places, result), **kept)


def _urgency(line: LinkLine) -> int:
    if line.dead:
        return 0
    if line.state in FAILED:
        return 1
    if line.result and line.result.proposed:
        return 2
    return 4 if line.state in SEEN else 3


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
