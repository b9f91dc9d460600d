"""The whole watch over a catalogue whose links lead to a real web server, kept in a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import clock
from bot.answers.knowledge import Knowledge, knowledge, load_knowledge
from bot.answers.seen_on_web import SeenOnWeb
from bot.answers.service import links_of
from bot.catalogue.catalogue import Catalogue, ShownLink, load_catalogue
from bot.catalogue.municipality import Municipality, load_municipality
from bot.catalogue.schema import Link
from bot.escalation.hours import LOCAL
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.link_tables import link_checks, web_rounds
from bot.studio.content_files import ContentFiles
from bot.studio.link_check import FAILED, SEEN, STATES, UNKNOWN, LinkResult
from bot.studio.link_proposals import LinkProposal, proposals, with_proposal
from bot.studio.link_watch import LinkLine, LinkWatch, Place, by_service, fetch_rules
from bot.studio.polite_fetch import FetchRules
from bot.studio.sitemap import PageRefresh
from bot.studio.state import SHARED, State
from bot.studio.web_round import Round, Turn, WebRounds, due_since
from bot.studio.web_watch import WebWatch
from bot.texts import Texts
from tests.catalogue.small_data import link, service, write_data, write_yaml
from tests.storage.conftest import postgres_url, url
from tests.studio.test_polite_fetch import HERE
from tests.studio.web_site import Site, web_site

__all__ = ["postgres_url", "url"]

FRONT = "https://www.lilleby.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as running:
        running.page("/")
        yield running


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/odder.db")
    yield opened
    opened.close()


@pytest.fixture
def either_database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


def catalogue_of(folder: Path, **links: Sequence[tuple[str, str]]) -> Catalogue:
    """Services with these links (address, status); the schema would refuse an address with a port."""
    loaded = load_catalogue(write_data(folder, *(service(name) for name in links)), "lilleby")
    entries = {}
    for name, wanted in links.items():
        entry = loaded.entries[name]
        made = [
            Link.construct(label=f"Til {url}", url=url, kind="information", status=status) for url, status in wanted
        ]
        entries[name] = replace(entry, service=entry.service.copy(update={"links": made}))
    municipality = loaded.municipality.copy(update={"web": links[next(iter(links))][0][0]})
    return replace(loaded, entries=entries, authorities={}, municipality=municipality)


def rules(site: Site) -> FetchRules:
    return FetchRules(
        "OdderBot-linkwatch (+x)", host_delay=0.0, timeout=8.0, ports=frozenset({site.port}), networks=(HERE,)
    )


def watch_of(database: Database, catalogue: Catalogue, site: Site, **others: object) -> LinkWatch:
    return LinkWatch(database, lambda: catalogue, rules(site), **others)  # type: ignore[arg-type]


async def lines_of(watch: LinkWatch) -> dict[str, LinkLine]:
    return {line.address: line for line in await watch.report()}


async def an_hour_passes(database: Database) -> None:
    def work(connection: object) -> None:
        for row in connection.execute(link_checks.select()).all():  # type: ignore[attr-defined]
            if row.failing_since:
                earlier = update(link_checks).where(link_checks.c.address == row.address)
                connection.execute(earlier.values(failing_since=row.failing_since - HOUR))  # type: ignore[attr-defined]

    await database.write(work)


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(400):
        if await holds():
            return
        await asyncio.sleep(0.05)
    pytest.fail("in vain")


# What is watched ------------------------------------------------------------------------------------------------------


def test_every_link_of_the_real_municipality_is_watched_with_its_places() -> None:
    known = knowledge()
    places = LinkWatch(None, lambda: known.catalogue, FetchRules("x")).places()  # type: ignore[arg-type]
    given = {link.url for entry in known.catalogue.entries.values() for link in entry.links}
    written = {link.url for entry in known.catalogue.entries.values() for link in entry.service.links}
    fronts = {authority.front_page for authority in known.catalogue.authorities.values()}
    assert given | written | fronts | {known.catalogue.municipality.web} == set(places)
    english = knowledge("en").catalogue
    assert {link.url for entry in english.entries.values() for link in entry.links} <= set(places)
    overlay = known.catalogue.municipality.replace["hjemmehjaelp"].links
    assert overlay
    assert "hjemmehjaelp" in {place.service for place in places[overlay[0].url]}


def test_the_agent_names_the_municipality() -> None:
    settings = Settings(web_ports=(80, 443, 8080))
    municipality = load_municipality(settings.municipality)
    given = fetch_rules(settings, municipality)
    assert given.agent == f"OdderBot-linkwatch (+{municipality.web})"
    assert (given.host_delay, given.timeout, given.at_once, given.redirects) == (1.0, 10.0, 8, 5)
    assert given.ports == {80, 443, 8080}
    assert given.networks == ()


def test_every_state_has_its_words() -> None:
    texts = Texts.load(Path("data/texts/desk.yml"))
    assert set(STATES) == SEEN | UNKNOWN | FAILED
    assert not (SEEN & UNKNOWN or SEEN & FAILED or UNKNOWN & FAILED)
    for state in (*STATES, "new"):
        assert f"links_state_{state}" in texts


# A round --------------------------------------------------------------------------------------------------------------


async def test_a_round_looks_at_everything_and_reports_the_worst_first(
    either_database: Database, tmp_path: Path, site: Site
) -> None:
    good, gone, fails = site.page("/god"), site.url("/vaek"), site.page("/fejl", status=500)
    moved = site.redirect("/gammel", "/god", 301)
    site.page("/robots.txt", "User-agent: *\nDisallow: /lukket")
    closed = site.page("/lukket")
    catalogue = catalogue_of(
        tmp_path,
        pas=[(good, "checked"), (gone, "checked")],
        bil=[(moved, "checked"), (closed, "checked"), (fails, "checked")],
    )
    watch = watch_of(either_database, catalogue, site)
    assert {line.state for line in await watch.report()} == {"new"}
    ended = await watch.run(asked_by="Mette")
    assert ended is not None
    assert (ended.outcome, ended.asked_by, ended.total, ended.done) == ("done", "Mette", 5, 5)
    assert ended.counts == {"ok": 1, "gone": 1, "server_error": 1, "redirected": 1, "robots": 1}
    assert ended == await watch.last_round()
    report = await watch.report()
    assert [line.address for line in report] == [fails, gone, moved, closed, good]
    by_address = {line.address: line for line in report}
    assert by_address[moved].result is not None
    assert by_address[moved].result.proposed == good
    assert by_address[moved].result.hops[0].status == 301
    assert by_address[gone].failures == 1
    assert by_address[gone].places == (Place("pas", "Pas", f"Til {gone}", "checked"),)
    assert {one.address for one in by_service(report)["pas"]} == {good, gone}


async def test_a_link_is_dead_after_two_failures_an_hour_apart_until_it_is_seen(
    either_database: Database, tmp_path: Path, site: Site
) -> None:
    address = site.url("/side")
    watch = watch_of(
        either_database, catalogue_of(tmp_path, pas=[(site.url("/"), "checked"), (address, "checked")]), site
    )
    for _ in range(3):
        assert not (await watch.check(address)).dead
    assert await watch.dead_links() == frozenset()
    await an_hour_passes(either_database)
    assert (await watch.check(address)).dead
    assert await watch.dead_links() == {address}
    first = (await watch.report())[0]
    assert (first.address, first.failures) == (address, 4)
    site.page("/robots.txt", "User-agent: *\nDisallow: /side")
    assert (await watch.check(address)).dead, "not seen is not seen"
    del site.pages["/robots.txt"]
    site.page("/side")
    line = await watch.check(address)
    assert (line.dead, line.failures, line.failing_since) == (False, 0, None)
    assert await watch.dead_links() == frozenset()
    del site.pages["/side"]
    await watch.check(address)
    await an_hour_passes(either_database)
    site.page("/side")
    await watch.check(address)
    del site.pages["/side"]
    assert not (await watch.check(address)).dead, "one failure, then seen, then one failure"


async def test_a_link_that_no_service_has_is_looked_at_and_not_kept(
    database: Database, tmp_path: Path, site: Site
) -> None:
    watch = watch_of(database, catalogue_of(tmp_path, pas=[(site.url("/"), "checked")]), site)
    line = await watch.check(site.page("/ny"))
    assert (line.state, line.places) == ("ok", ())
    assert set(await lines_of(watch)) == {site.url("/")}


async def test_links_that_are_taken_out_are_forgotten(database: Database, tmp_path: Path, site: Site) -> None:
    old = site.url("/gammel")
    before = watch_of(database, catalogue_of(tmp_path, pas=[(site.url("/"), "checked"), (old, "checked")]), site)
    await before.run()
    await an_hour_passes(database)
    await before.run()
    assert await before.dead_links() == {old}
    after = watch_of(database, catalogue_of(tmp_path, pas=[(site.url("/"), "checked")]), site)
    await after.run()
    assert await after.dead_links() == frozenset()


async def test_when_our_own_network_is_away_no_link_is_blamed(database: Database, tmp_path: Path, site: Site) -> None:
    away = [(f"http://side{number}.example:{site.port}/", "checked") for number in range(5)]
    catalogue = catalogue_of(tmp_path, pas=[(site.url("/"), "checked"), *away])
    reachable = {"127.0.0.1"}

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host in reachable:
            return ["127.0.0.1"]
        raise OSError("no network")

    watch = watch_of(database, catalogue, site, resolve=resolve)
    ended = await watch.run()
    assert ended is not None
    assert ended.outcome == "no_network"
    assert {line.failures for line in await watch.report()} == {0}
    reachable |= {f"side{number}.example" for number in range(3)}
    ended = await watch.run()
    assert ended is not None
    assert ended.outcome == "done"
    assert sorted(line.state for line in await watch.report()) == ["ok"] * 4 + ["unreachable"] * 2


# What citizens get ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Knowledge:
    data = write_data(
        tmp_path,
        service(
            "pas", links=[link(f"{FRONT}/pas", label="Bestil tid"), link("https://www.borger.dk/pas", label="Læs mere")]
        ),
        service("bil", title="Bil (ny)", links=[link("https://politi.dk/a/b")]),
    )
    write_yaml(
        data / "finder.yml", {"areas": [{"id": "a", "title": "A", "needs": [{"id": "fald", "title": "Falder"}]}]}
    )
    return load_knowledge(Settings(municipality=data / "kommune" / "lilleby.yml"))


def test_a_dead_link_gives_way_to_its_site_s_front_page_and_comes_back(small: Knowledge) -> None:
    seen = SeenOnWeb()
    assert seen.over(small).catalogue.entries == small.catalogue.entries
    seen.see(frozenset({f"{FRONT}/pas", "https://politi.dk/a/b"}))
    laid = seen.over(small)
    assert laid is seen.over(small), "the same as long as nothing changes"
    cards = links_of(laid.catalogue.entries["pas"], laid)
    assert [card["url"] for card in cards] == [FRONT, "https://www.borger.dk/pas"]
    assert "Pas" in cards[0]["note"]
    assert laid.catalogue.entries["bil"].links[0].search_for == "Bil"
    assert laid.search.find("pas")[0].entry.links[0].url == FRONT, "the search too"
    seen.see(frozenset())
    assert seen.over(small).catalogue.entries["pas"].links[0].url == f"{FRONT}/pas"


def test_a_dead_link_in_the_english_layer_sends_to_search_by_the_danish_name() -> None:
    danish, english = knowledge(), knowledge("en")
    entry = next(
        one for one in english.catalogue.entries.values() if not one.danish_only and not one.links[0].search_for
    )
    dead = frozenset({entry.links[0].url})
    laid = english.catalogue.avoiding(dead).entries[entry.id].links[0]
    assert laid == danish.catalogue.avoiding(dead).entries[entry.id].links[0]
    assert laid.search_for == danish.catalogue.entries[entry.id].title.split(" (")[0]


def test_nothing_dead_is_ever_given(small: Knowledge) -> None:
    every = {one.url for entry in small.catalogue.entries.values() for one in entry.links}
    fronts = {authority.front_page for authority in small.catalogue.authorities.values()}
    left = {one.url for entry in small.catalogue.avoiding(every).entries.values() for one in entry.links}
    assert left <= fronts


async def test_the_daily_round_changes_what_this_process_answers(
    database: Database, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, small: Knowledge
) -> None:
    monkeypatch.setattr("bot.studio.web_watch.seen_on_web", seen := SeenOnWeb())
    dead = site.url("/vaek")
    catalogue = catalogue_of(tmp_path / "web", pas=[(site.url("/"), "checked"), (dead, "checked")])
    spare = {dead: ShownLink("lilleby.example", FRONT, "information", "Pas")}
    given = replace(catalogue.entries["pas"], links=(ShownLink("Til", dead, "information"),), spare_links=spare)
    shown = replace(small, catalogue=replace(catalogue, entries={"pas": given}))
    links = watch_of(database, catalogue, site)
    await links.check(dead)
    await an_hour_passes(database)
    hour = clock.now().astimezone(LOCAL).hour
    pages = PageRefresh(database, small.catalogue.municipality, rules(site))
    watch = asyncio.create_task(WebWatch(links, pages, hour, look_seconds=0.1).keep())

    async def has_ended() -> bool:
        newest = await links.last_round()
        shown_now = seen.over(shown).catalogue.entries["pas"].links[0].url
        return newest is not None and newest.outcome is not None and shown_now != dead

    await eventually(has_ended)
    assert seen.over(shown).catalogue.entries["pas"].links[0].url == FRONT
    first = await links.last_round()
    await asyncio.sleep(0.5)
    assert await links.last_round() == first, "once a day"
    watch.cancel()


async def test_no_round_begins_of_itself_when_none_is_wanted(
    database: Database, tmp_path: Path, site: Site, small: Knowledge
) -> None:
    links = watch_of(database, catalogue_of(tmp_path / "web", pas=[(site.url("/"), "checked")]), site)
    pages = PageRefresh(database, small.catalogue.municipality, rules(site))
    watch = asyncio.create_task(WebWatch(links, pages, -1, look_seconds=0.05).keep())
    await asyncio.sleep(0.7)
    watch.cancel()
    assert await links.last_round() is None
    assert site.connections == 0


# What editors are offered ---------------------------------------------------------------------------------------------

MOMENT = datetime(2026, 11, 24, 4, tzinfo=UTC)
BORGER, OWN = "https://www.borger.dk/pas", f"{FRONT}/pas"


def line_of(address: str, status: str, state: str = "ok", proposed: str | None = None, **others: object) -> LinkLine:
    result = LinkResult(address, state, 200, (), proposed, "Pas og kørekort")
    return LinkLine(address, (Place("pas", "Pas", "Bestil tid", status),), result, MOMENT, MOMENT, **others)  # type: ignore[arg-type]


@pytest.fixture
def shared(tmp_path: Path) -> ContentFiles:
    links = [link(BORGER, "unverified"), link("{kommune_web}/pas", "unverified"), link("https://politi.dk/x")]
    return ContentFiles(write_data(tmp_path, service("pas", links=links), service("bil")))


def municipality_of(files: ContentFiles) -> Municipality:
    return load_municipality(files.data / "kommune" / "lilleby.yml")


def carried_out(proposal: LinkProposal, files: ContentFiles, state: State | None = None) -> State:
    state = state or files.read("pas", proposal.layer) or State(proposal.layer, "pas")
    return with_proposal(state, proposal, municipality_of(files), files)  # type: ignore[arg-type]


def test_an_unverified_link_that_works_may_be_shown(shared: ContentFiles) -> None:
    (found,) = proposals([line_of(BORGER, "unverified")], municipality_of(shared), shared)
    assert (found.kind, found.layer, found.page, found.seen_at) == ("show", SHARED, "Pas og kørekort", MOMENT)
    state = carried_out(found, shared)
    assert [(one["url"], one["status"]) for one in state.fields["links"]] == [
        (BORGER, "checked"), ("{kommune_web}/pas", "unverified"), ("https://politi.dk/x", "checked"),
    ]  # fmt: skip
    assert shared.problems(state) == []
    assert carried_out(found, shared, state) is state, "once is enough"


def test_a_moved_page_gets_its_new_address_and_is_then_shown(shared: ContentFiles) -> None:
    line = line_of(BORGER, "unverified", "redirected", "https://www.borger.dk/nyt-pas")
    (found,) = proposals([line], municipality_of(shared), shared)
    assert (found.kind, found.after) == ("move", "https://www.borger.dk/nyt-pas")
    first = carried_out(found, shared).fields["links"][0]
    assert (first["url"], first["status"], first["label"]) == ("https://www.borger.dk/nyt-pas", "checked", "Gå videre")


def test_what_holds_for_one_municipality_is_settled_in_its_own_layer(shared: ContentFiles) -> None:
    (found,) = proposals([line_of(OWN, "unverified")], municipality_of(shared), shared)
    assert found.layer == "lilleby"
    state = carried_out(found, shared)
    assert [one["status"] for one in state.fields["links"]] == ["unverified", "checked", "checked"]
    assert state.fields["links"][1]["url"] == "{kommune_web}/pas"
    assert shared.problems(state) == []
    shared.write([state])
    assert load_catalogue(shared.data, "lilleby").entries["pas"].links[1].url == OWN
    (again,) = proposals([line_of(BORGER, "unverified")], municipality_of(shared), shared)
    assert again.layer == "lilleby", "it has its own links now"


@pytest.mark.parametrize(
    "line",
    [
        line_of(BORGER, "checked"),
        line_of(BORGER, "unverified", "gone"),
        line_of(BORGER, "unverified", "robots"),
        line_of(BORGER, "unverified", dismissed=BORGER),
        line_of("https://www.borger.dk/andet", "unverified"),
        LinkLine(BORGER, (Place("pas", "Pas", "x", "unverified"),)),
        LinkLine(
            FRONT,
            (Place(None, "Lilleby", "Lilleby", "checked"),),
            LinkResult(FRONT, "redirected", 200, (), "https://ny.example"),
        ),
    ],
)
def test_nothing_to_propose(shared: ContentFiles, line: LinkLine) -> None:
    assert proposals([line], municipality_of(shared), shared) == []  # type: ignore[arg-type]


async def test_a_no_is_remembered(database: Database, tmp_path: Path, site: Site) -> None:
    site.page("/ny")
    old = site.redirect("/gammel", "/ny")
    watch = watch_of(database, catalogue_of(tmp_path, pas=[(old, "checked")]), site)
    await watch.run()
    await watch.dismiss(old, site.url("/ny"))
    await watch.run()
    assert (await lines_of(watch))[old].dismissed == site.url("/ny")


# One worker at a time -------------------------------------------------------------------------------------------------


async def test_two_workers_never_run_the_same_round(either_database: Database) -> None:
    running: list[str] = []

    async def work(turn: Turn) -> str:
        running.append("on")
        await asyncio.sleep(0.5)
        turn.count("ok")
        return "done"

    one, other = WebRounds(either_database), WebRounds(either_database)
    ended = await asyncio.gather(
        *(rounds.run("links", 1, work, asked_by=None) for rounds in (one, other) * 3),
        one.run("pages", 1, work, asked_by=None),
    )
    assert len(running) == 2, "one for each job"
    assert [found.job for found in ended if found] in (["links", "pages"], ["pages", "links"])
    assert await one.run("links", 1, work, asked_by=None) is not None, "the lock is let go"


async def test_a_round_that_was_cut_off_is_taken_over(either_database: Database) -> None:
    await either_database.answers()  # its tables are made at the first use, which takes a while
    patient = WebRounds(either_database, beat=timedelta(hours=1), cut_off_after=timedelta(seconds=0.6))
    stolen = asyncio.Event()

    async def forever(turn: Turn) -> str:
        await stolen.wait()
        return "done"

    async def quick(turn: Turn) -> str:
        return "done"

    hung = asyncio.create_task(patient.run("links", 1, forever, asked_by="Mette"))
    await asyncio.sleep(0.1)
    assert await patient.run("links", 1, quick, asked_by=None) is None
    await asyncio.sleep(0.7)
    taken = await patient.run("links", 1, quick, asked_by="Jens")
    assert taken is not None
    assert (taken.outcome, taken.asked_by) == ("done", "Jens")
    stolen.set()
    late = await hung
    assert late is not None
    assert late.outcome == "cut_off", "what it did comes too late to change that"


async def test_a_round_says_that_it_is_alive_and_stops_when_it_is_not_its_own(database: Database) -> None:
    rounds = WebRounds(database, beat=timedelta(seconds=0.05), cut_off_after=timedelta(seconds=0.4))
    stopped = asyncio.Event()

    async def work(turn: Turn) -> str:
        turn.count("ok")
        try:
            await asyncio.sleep(30)
        finally:
            stopped.set()
        return "done"

    task = asyncio.create_task(rounds.run("links", 7, work, asked_by=None))
    await asyncio.sleep(0.8)
    alive = await rounds.last("links")
    assert alive is not None
    assert (alive.outcome, alive.done, alive.total, alive.counts) == (None, 1, 7, {"ok": 1})
    assert clock.now() - alive.alive_at < timedelta(seconds=0.4)
    await database.write(lambda c: c.execute(update(web_rounds).values(ended_at=clock.now(), outcome="cut_off")))
    ended = await asyncio.wait_for(task, 2)
    assert stopped.is_set()
    assert ended is not None
    assert ended.outcome == "cut_off"


async def test_a_stopped_server_and_a_broken_round_let_the_lock_go(database: Database) -> None:
    rounds = WebRounds(database)
    begun = asyncio.Event()

    async def work(turn: Turn) -> str:
        begun.set()
        await asyncio.sleep(30)
        return "done"

    task = asyncio.create_task(rounds.run("links", 1, work, asked_by=None))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await rounds.last("links") or pytest.fail()).outcome == "stopped"

    async def broken(turn: Turn) -> str:
        raise RuntimeError

    ended = await rounds.run("links", 1, broken, asked_by=None)
    assert isinstance(ended, Round)
    assert ended.outcome == "failed"


async def test_the_clock_begins_one_round_a_day(database: Database) -> None:
    rounds = WebRounds(database)

    async def work(turn: Turn) -> str:
        return "done"

    since = clock.now() - HOUR
    assert await rounds.run("links", 1, work, asked_by=None, unless_since=since) is not None
    assert await rounds.run("links", 1, work, asked_by=None, unless_since=since) is None
    assert await rounds.run("links", 1, work, asked_by="Mette") is not None, "an editor may always ask"


@pytest.mark.parametrize(
    ("utc", "begin"),
    [
        ("2026-11-24T02:59", None),
        ("2026-11-24T03:00", "2026-11-24T03:00"),
        ("2026-11-24T08:59", "2026-11-24T03:00"),
        ("2026-11-24T09:00", None),
        ("2026-07-01T02:00", "2026-07-01T02:00"),
    ],
)
def test_four_o_clock_is_local_and_a_server_started_by_day_waits_for_the_next(utc: str, begin: str | None) -> None:
    expected = datetime.fromisoformat(begin).replace(tzinfo=UTC) if begin else None
    assert due_since(4, datetime.fromisoformat(utc).replace(tzinfo=UTC)) == expected
