"""The municipality's own pages, from a real web server into the search."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import clock
from bot.answers.choice import search_pages
from bot.answers.knowledge import Knowledge, knowledge
from bot.answers.own_pages import OwnPage, OwnPages
from bot.answers.seen_on_web import SeenOnWeb
from bot.catalogue.municipality import Municipality
from bot.storage.database import Database
from bot.storage.link_tables import pages
from bot.studio.page_text import read_page
from bot.studio.polite_fetch import FetchRules
from bot.studio.sitemap import PageRefresh
from bot.studio.web_round import Round
from bot.texts import Texts
from tests.catalogue.small_data import municipality
from tests.studio.test_polite_fetch import HERE
from tests.studio.web_site import Handler, Site, web_site

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/odder.db")
    yield opened
    opened.close()


@pytest.fixture
def refresh(database: Database, site: Site) -> PageRefresh:
    return refresh_of(database, site)


def refresh_of(database: Database, site: Site, sitemap: str | None = "/sitemap.xml") -> PageRefresh:
    fields = {"sitemap": site.url(sitemap)} if sitemap else {}
    rules = FetchRules(
        "OdderBot-linkwatch (+x)", host_delay=0.0, timeout=8.0, ports=frozenset({site.port}), networks=(HERE,)
    )
    return PageRefresh(database, Municipality.parse_obj(municipality(**fields)), rules)


def urlset(*addresses: str | tuple[str, str]) -> str:
    lines = [one if isinstance(one, tuple) else (one, "") for one in addresses]
    listed = "".join(
        f"<url><loc>{address}</loc>{f'<lastmod>{modified}</lastmod>' if modified else ''}</url>"
        for address, modified in lines
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACE}>{listed}</urlset>'


def index(*addresses: str) -> str:
    return (
        f"<sitemapindex {SPACE}>{''.join(f'<sitemap><loc>{one}</loc></sitemap>' for one in addresses)}</sitemapindex>"
    )


def html(title: str, text: str = "Her står det hele.", head: str = "") -> str:
    menu = "<nav><p>Menu</p></nav><header><h1>Kommunen</h1><p>Top</p></header>"
    return f"<html><head><title>{title} | Lilleby</title>{head}</head><body>{menu}<main><h1>{title}</h1><p>{text}</p></main></body>"


async def run(refresh: PageRefresh) -> Round:
    ended = await refresh.run()
    assert ended is not None
    return ended


async def titles(refresh: PageRefresh) -> list[str]:
    return sorted(page.title for page in await refresh.pages())


# Into the table -------------------------------------------------------------------------------------------------------


async def test_pages_are_read_and_their_changes_and_removals_seen(refresh: PageRefresh, site: Site) -> None:
    a, b = site.page("/a", html("Tandplejen", "Børn har gratis tandpleje.")), site.page("/b", html("Byggegrunde"))
    site.page("/sitemap.xml", urlset((a, "2026-01-01"), (b, "2026-01-01")))
    ended = await run(refresh)
    assert (ended.outcome, ended.total, ended.counts) == ("done", 2, {"added": 2, "removed": 0})
    assert await refresh.pages() == [
        OwnPage("Tandplejen", a, "Børn har gratis tandpleje."), OwnPage("Byggegrunde", b, "Her står det hele."),
    ]  # fmt: skip
    stamp = await refresh.stamp()
    assert (await run(refresh)).counts == {"same": 2, "removed": 0}
    assert site.paths().count("/a") == 1, "the sitemap tells of no change"
    assert await refresh.stamp() == stamp

    site.page("/a", html("Kommunens tandpleje"))
    site.page("/sitemap.xml", urlset((a, "2026-02-02"), (b, "2026-01-01")))
    assert (await run(refresh)).counts == {"changed": 1, "same": 1, "removed": 0}
    assert await titles(refresh) == ["Byggegrunde", "Kommunens tandpleje"]
    assert await refresh.stamp() != stamp
    stamp = await refresh.stamp()

    site.page("/sitemap.xml", urlset((a, "2026-02-02")))
    assert (await run(refresh)).counts == {"same": 1, "removed": 1}
    assert await titles(refresh) == ["Kommunens tandpleje"]
    assert await refresh.stamp() != stamp

    site.page("/sitemap.xml", urlset((a, "2026-02-02"), (b, "2026-01-01")))
    await run(refresh)
    assert await titles(refresh) == ["Byggegrunde", "Kommunens tandpleje"], "back again"


async def test_a_page_the_sitemap_tells_no_date_of_is_read_every_week(
    refresh: PageRefresh, site: Site, database: Database
) -> None:
    site.page("/sitemap.xml", urlset(site.page("/a", html("Først"))))
    await run(refresh)
    site.page("/a", html("Siden"))
    await run(refresh)
    assert await titles(refresh) == ["Først"]
    week = clock.now() - timedelta(days=7)
    await database.write(lambda connection: connection.execute(update(pages).values(read_at=week)))
    await run(refresh)
    assert await titles(refresh) == ["Siden"]


async def test_a_page_that_is_gone_or_wants_no_index_is_left_out(refresh: PageRefresh, site: Site) -> None:
    shy = site.page("/shy", html("Intern", head='<meta name="robots" content="noindex, follow">'))
    leaves = site.page("/a", html("Her"))
    site.page("/robots.txt", "User-agent: *\nDisallow: /lukket")
    closed, error, pdf = (
        site.page("/lukket", html("Lukket")),
        site.page("/fejl", status=500),
        site.page("/x.pdf", b"%PDF", content_type="application/pdf"),
    )
    site.page("/sitemap.xml", urlset(shy, (leaves, "1"), site.url("/404"), closed, error, pdf))
    assert (await run(refresh)).counts == {"added": 1, "failed": 3, "removed": 0}
    assert "/lukket" not in site.paths()
    del site.pages["/a"]
    site.page("/sitemap.xml", urlset((leaves, "2")))
    assert (await run(refresh)).counts == {"removed": 1}
    assert await refresh.pages() == []


async def test_a_page_that_fails_today_is_known_from_yesterday(refresh: PageRefresh, site: Site) -> None:
    address = site.page("/a", html("Her"))
    site.page("/sitemap.xml", urlset((address, "1")))
    await run(refresh)
    site.page("/a", status=503)
    site.page("/sitemap.xml", urlset((address, "2")))
    assert (await run(refresh)).counts == {"failed": 1, "removed": 0}
    assert await titles(refresh) == ["Her"]


async def test_nothing_happens_without_a_sitemap(database: Database, site: Site) -> None:
    off = refresh_of(database, site, None)
    assert await off.run() is None
    assert await off.pages() == []
    assert site.connections == 0


# Sitemaps of all kinds ------------------------------------------------------------------------------------------------


async def test_an_index_and_packed_files_are_followed_two_deep(refresh: PageRefresh, site: Site) -> None:
    first, second, deep = (site.page(f"/{name}", html(name)) for name in ("Alfa", "Beta", "Dyb"))
    site.page("/1.xml.gz", gzip.compress(urlset(first).encode()), content_type="application/gzip")
    site.page("/2.xml", urlset(second))
    site.page("/deeper.xml", index(site.url("/3.xml")))
    site.page("/3.xml", urlset(deep))
    names = [site.url(f"/{name}") for name in ("1.xml.gz", "2.xml", "deeper.xml", "sitemap.xml", "missing.xml")]
    site.page("/sitemap.xml", index(*names))
    assert (await run(refresh)).outcome == "done"
    assert await titles(refresh) == ["Alfa", "Beta"]
    assert "/3.xml" not in site.paths()
    assert site.paths().count("/sitemap.xml") == 1


async def test_a_broken_part_of_an_index_removes_nothing(refresh: PageRefresh, site: Site) -> None:
    site.page("/1.xml", urlset((site.page("/a", html("Alfa")), "1")))
    site.page("/sitemap.xml", index(site.url("/1.xml")))
    await run(refresh)
    site.page("/1.xml", "ikke xml")
    await run(refresh)
    assert await titles(refresh) == ["Alfa"]


async def test_other_sites_in_the_sitemap_are_not_visited(refresh: PageRefresh, site: Site) -> None:
    with web_site("127.0.0.2") as other:
        other.page("/a", html("Indersiden"))
        listed = urlset(
            other.url("/a"), "file:///etc/passwd", "http://[", "javascript:x", site.page("/b", html("Egen"))
        )
        site.page("/sitemap.xml", listed)
        await run(refresh)
        site.redirect("/c", other.url("/a"))
        site.page("/sitemap.xml", index(other.url("/sitemap.xml"), site.url("/2.xml")))
        site.page("/2.xml", urlset(site.url("/c")))
        await run(refresh)
        assert other.connections == 0
    assert "Indersiden" not in await titles(refresh)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><urlset {SPACE}><url><loc>&l9;</loc></url></urlset>', "declares"),
        (f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset {SPACE}><url><loc>&f;</loc></url></urlset>', "declares"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.2/x.dtd"><urlset/>', "declares"),
        ("<html>Log ind</html", "not_xml"),
        ("", "not_xml"),
        ('<?xml version="1.0" encoding="utf-99"?><urlset/>', "not_xml"),
        (gzip.compress(b"<urlset>" + b" " * 11_000_000), "too_large"),
        (b"<urlset>" + b" " * 11_000_000, "too_large"),
    ],
    ids=["laughs", "file", "elsewhere", "html", "empty", "encoding", "bomb", "large"],
)  # fmt: skip
async def test_a_hostile_sitemap_changes_nothing(
    refresh: PageRefresh, site: Site, body: str | bytes, reason: str
) -> None:
    address = site.page("/a", html("Her"))
    site.page("/sitemap.xml", urlset((address, "1")))
    await run(refresh)
    site.page("/sitemap.xml", body)
    began = time.monotonic()
    ended = await run(refresh)
    assert (ended.outcome, dict(ended.counts)) == ("failed", {reason: 1})
    assert time.monotonic() - began < 10
    assert await titles(refresh) == ["Her"]
    assert f"links_sitemap_{reason}" in Texts.load(Path("data/texts/desk.yml"))


async def test_no_more_than_five_thousand_pages_are_listed(
    refresh: PageRefresh, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.studio.sitemap.MOST_PAGES", 3)
    addresses = [site.page(f"/{number}", html(f"Side {number}")) for number in range(5)]
    site.page("/sitemap.xml", urlset(*addresses))
    assert (await run(refresh)).total == 3
    assert len(await refresh.pages()) == 3


async def test_a_hostile_page_costs_little(refresh: PageRefresh, site: Site) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/html")
        handler.end_headers()
        for _ in range(4000):
            handler.wfile.write(b"<p>x" * 16_384)

    site.pages["/uendelig"] = endless
    site.page("/sitemap.xml", urlset(site.url("/uendelig"), site.page("/a", html("Her"))))
    await run(refresh)
    assert await titles(refresh) == ["Her"]


@pytest.mark.parametrize(
    "part",
    [
        "<",
        "<a",
        "<!",
        "<!--",
        "<![CDATA[",
        "</",
        "<p ",
        "<p a='",
        "&",
        "&#",
        "<h1>",
        "<div>",
        "<nav>",
        "<script>",
        "<title>",
        "<?",
    ],
)
def test_reading_is_quick_whatever_is_written(part: str) -> None:
    began = time.monotonic()
    page = read_page(part * (262_144 // len(part)))
    assert time.monotonic() - began < 5
    assert len(page.title) <= 120
    assert len(page.text) <= 300


# What a page says -----------------------------------------------------------------------------------------------------


def test_a_page_is_known_by_its_heading_and_first_lines() -> None:
    page = read_page(
        html("Bestil tid &amp; betal", "Første.</p><script>alert(1)</script><style>p{}</style><p>Anden <b>linje</b>.")
    )
    assert (page.title, page.text, page.wants_index) == ("Bestil tid & betal", "Første. Anden linje.", True)


def test_its_own_description_goes_before_its_paragraphs() -> None:
    page = read_page(html("Titel", "Brødtekst", '<meta name="Description" content="Det  handler\nom tænder.">'))
    assert page.text == "Det handler om tænder."


def test_without_a_heading_its_title_serves_without_the_site_s_name() -> None:
    assert read_page("<title>Affald og genbrug – Lilleby Kommune</title><p>Tekst").title == "Affald og genbrug"
    assert read_page("<p>Tekst</p>").title == ""


def test_long_texts_are_cut_between_words() -> None:
    page = read_page(html("Ord " * 60, "langt " * 100))
    assert len(page.text) <= 300
    assert page.text.endswith("langt…")
    assert len(page.title) <= 120


def test_tags_in_a_page_never_come_through() -> None:
    page = read_page("<h1>A&lt;script&gt;x&lt;/script&gt;</h1><p><img src=x onerror=alert(1)>Hej</p>")
    assert page.text == "Hej"
    assert page.title == "A<script>x</script>", "plain text, which is shown as text"


# Into the search ------------------------------------------------------------------------------------------------------

OWN = [
    OwnPage(
        "Skøjtebanen på torvet",
        "https://lilleby.example/skoejter",
        "Skøjtebanen er åben fra december til februar. Lån skøjter gratis.",
    ),
    OwnPage(
        "Julemarked i Lilleby",
        "https://lilleby.example/jul",
        "Julemarkedet holder åbent i gågaden alle lørdage i december.",
    ),
    OwnPage("Venskabsbyer", "https://lilleby.example/venner", "Kommunen har venskabsbyer i Norden og Tyskland."),
]


@pytest.fixture(scope="module")
def real() -> Knowledge:
    return replace(knowledge(), own_pages=OwnPages(OWN))


@pytest.mark.parametrize(
    ("question", "page"),
    [("hvornår åbner skøjtebanen", 0), ("julemarked lørdag", 1), ("har vi en venskabsby", 2), ("SKOEJTEBANE", 0)],
)
def test_a_page_is_found_and_shown_below_the_services(real: Knowledge, question: str, page: int) -> None:
    assert real.own_pages.find(question)[0] == OWN[page]
    reply = search_pages(question, 1, real)
    services = [hit.entry.id for hit in real.search.find(question)]
    assert reply.links[len(services)] == {"label": OWN[page].title, "url": OWN[page].address, "kind": "information"}
    assert reply.meta["pages"] == [OWN[page].address]
    assert reply.meta["decision"] == "search"
    assert reply.text == real.texts.say("search_hits")


@pytest.mark.parametrize(
    "question", ["hvad koster et pas", "xqzv", "", "🙂", "hvem vandt kampen i går", "min nabo larmer om natten", "hej"]
)
def test_a_page_that_is_not_alike_enough_is_not_shown(real: Knowledge, question: str) -> None:
    assert real.own_pages.find(question) == []
    assert search_pages(question, 1, real).meta["pages"] == []


def test_a_page_that_a_service_shows_already_is_not_shown_twice() -> None:
    loaded = knowledge()
    shown = loaded.search.find("skoleindskrivning")[0].entry.links[0]
    twice = replace(
        loaded, own_pages=OwnPages([OwnPage("Skoleindskrivning", shown.url, "Skoleindskrivning i skolen"), *OWN])
    )
    urls = [card["url"] for card in search_pages("skoleindskrivning", 1, twice).links]
    assert urls.count(shown.url) == 1


def test_pages_stay_when_only_the_dead_links_change() -> None:
    seen = SeenOnWeb()
    seen.see(frozenset(), OWN)
    seen.see(frozenset({"https://x.dk"}))
    assert seen.over(knowledge()).own_pages.find("skøjtebanen") == [OWN[0]]
    seen.see(frozenset(), [])
    assert seen.over(knowledge()).own_pages.find("skøjtebanen") == []
