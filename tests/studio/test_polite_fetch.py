"""Nothing that another site does hurts us, and nothing we do hurts another site. Met on a real web server."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path

import pytest

from bot.studio.link_check import check_link
from bot.studio.polite_fetch import PAGE_BYTES, FetchRules, PoliteFetch, Unfetched
from bot.studio.public_address import is_public, look_up
from tests.studio.web_site import Handler, Site, self_signed, web_site

HERE = ip_network("127.0.0.1/32")
"""The only address that the tests' fetchers may call beside public ones: 127.0.0.2 is as forbidden as anywhere else."""


def rules(*sites: Site, **others: object) -> FetchRules:
    values = {
        "agent": "OdderBot-linkwatch (+https://lilleby.example)",
        "host_delay": 0.0,
        "timeout": 8.0,
        "networks": (HERE,),
    }
    return FetchRules(ports=frozenset({80, *(site.port for site in sites)}), **{**values, **others})  # type: ignore[arg-type]


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as running:
        yield running


@pytest.fixture
def inside() -> Iterator[Site]:
    """A computer of the municipality's inner network."""
    with web_site("127.0.0.2") as running:
        running.page("/hemmelig", "<title>Hemmelig</title>")
        yield running


async def kind_of(address: str, given: FetchRules, resolve: object = look_up) -> str:
    """What kind of failure it gives."""
    async with PoliteFetch(given, resolve) as fetch:  # type: ignore[arg-type]
        with pytest.raises(Unfetched) as raised:
            await fetch.follow("GET", address)
    return raised.value.kind


# Only public computers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
    ],
)  # fmt: skip
def test_addresses_that_outsiders_cannot_reach(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "185.15.72.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_that_anyone_can_reach(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "0",
        "[::ffff:127.0.0.1]",
    ],
)
async def test_no_spelling_of_this_machine_is_called(site: Site, host: str) -> None:
    site.page("/hemmelig")
    assert await kind_of(site.url("/hemmelig", host), rules(site, networks=())) in ("unsafe", "unreachable")
    assert site.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "javascript:alert(1)", "data:text/html,x", "//x.dk", "x.dk", "",
        "http://", "http://bruger:kode@www.borger.dk/", "http://127.0.0.1:22/", "http://[::1", "http://www.borger.dk/" + "x" * 700,
    ],
)  # fmt: skip
async def test_only_ordinary_web_addresses_are_asked(address: str) -> None:
    assert await kind_of(address, rules()) == "unsafe"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_leads_inside(site: Site, inside: Site, status: int) -> None:
    start = site.redirect("/ud", inside.url("/hemmelig"), status)
    assert await kind_of(start, rules(site, inside)) == "unsafe"
    assert inside.connections == 0


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "javascript:alert(1)", "http://127.0.0.1:1/", "http://[", "gopher://x/"]
)
async def test_no_redirect_leads_out_of_the_web(site: Site, target: str) -> None:
    assert await kind_of(site.redirect("/ud", target), rules(site)) in ("unsafe", "broken", "unreachable")


async def test_a_robots_file_leads_nowhere_else_either(site: Site, inside: Site) -> None:
    site.redirect("/robots.txt", inside.url("/robots.txt"))
    assert await kind_of(site.page("/side"), rules(site, inside)) == "unsafe"
    assert inside.connections == 0
    assert "/side" not in site.paths()


async def test_a_name_that_changes_its_address_after_the_check_leads_nowhere(site: Site, inside: Site) -> None:
    answers = iter(["127.0.0.1", "127.0.0.1"])
    asked = []

    async def fickle(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [next(answers, "127.0.0.2")]

    inside.pages["/side"] = inside.pages["/robots.txt"] = lambda handler: handler.say(200, "inde")
    with web_site("127.0.0.2") as same_port:
        same_port.pages = inside.pages
        site.page("/side", "ude")
        async with PoliteFetch(rules(site), fickle) as fetch:
            answer = (await fetch.follow("GET", site.url("/side", "skifter.dk"))).answer
            assert answer.body == b"ude"
            with pytest.raises(Unfetched) as raised:
                await fetch.follow("GET", site.url("/side", "skifter.dk"))
    assert raised.value.kind == "unsafe"
    assert asked == ["skifter.dk"] * 3, (
        "looked up once for each request, robots.txt and page, and never behind the check"
    )


async def test_one_inner_address_among_many_is_enough_to_refuse(site: Site) -> None:
    async def mixed(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1", "10.0.0.1"]

    assert await kind_of(site.url("/", "blandet.dk"), rules(site), mixed) == "unsafe"
    assert site.connections == 0


async def test_the_name_is_told_to_the_server_though_the_address_is_called(site: Site) -> None:
    site.page("/side")

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with PoliteFetch(rules(site), here) as fetch:
        await fetch.follow("GET", site.url("/side", "www.rødgrød.dk"))
    assert {one.headers["host"] for one in site.asked} == {f"www.xn--rdgrd-vuad.dk:{site.port}"}


# TLS ------------------------------------------------------------------------------------------------------------------


async def test_a_certificate_must_be_vouched_for_and_be_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, certificate = self_signed(tmp_path, "localhost")
    with web_site(tls=tls) as secure:
        secure.page("/side")
        assert await kind_of(secure.url("/side"), rules(secure)) == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with PoliteFetch(rules(secure)) as fetch:
            assert (await fetch.follow("GET", secure.url("/side", "localhost"))).answer.status == 200
        assert await kind_of(secure.url("/side", "127.0.0.1"), rules(secure)) == "tls"
    assert secure.paths() == ["/robots.txt", "/side"]


# Bounds ---------------------------------------------------------------------------------------------------------------


async def test_an_endless_page_is_left(site: Site) -> None:
    sent = []

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while sum(sent) < 500_000_000:
            sent.append(handler.wfile.write(b"x" * 65_536))

    site.pages["/uendelig"] = endless
    async with PoliteFetch(rules(site)) as fetch:
        answer = (await fetch.follow("GET", site.url("/uendelig"))).answer
    assert len(answer.body) == PAGE_BYTES
    assert not answer.whole
    await asyncio.sleep(0.3)
    assert sum(sent) < 20_000_000, "what the buffers between us hold, and no more"


async def test_a_packed_page_is_not_unpacked_beyond_the_bound(site: Site) -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    assert len(bomb) < PAGE_BYTES
    site.page("/bombe", bomb, content_encoding="gzip")
    async with PoliteFetch(rules(site)) as fetch:
        answer = (await fetch.follow("GET", site.url("/bombe"))).answer
    assert len(answer.body) == PAGE_BYTES
    assert not answer.whole


async def test_a_packed_page_is_read_though_it_was_asked_for_unpacked(site: Site) -> None:
    site.page("/pakket", gzip.compress("<title>Sådan er det</title>".encode()), content_encoding="gzip")
    vroevl = site.page("/vroevl", b"ikke pakket", content_encoding="gzip")
    async with PoliteFetch(rules(site)) as fetch:
        assert (await fetch.follow("GET", site.url("/pakket"))).answer.text() == "<title>Sådan er det</title>"
    assert await kind_of(vroevl, rules(site)) == "broken"


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(80):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def silent(handler: Handler) -> None:
    time.sleep(5)


def many_headers(handler: Handler) -> None:
    handler.send_response(200)
    for number in range(3000):
        handler.send_header(f"x-{number}", "y" * 1000)
    handler.end_headers()


def nonsense(handler: Handler) -> None:
    handler.wfile.write(b"\x00\xff kom nu an\r\n\r\n" * 10)


def hang_up(handler: Handler) -> None:
    handler.connection.close()


@pytest.mark.parametrize(
    ("page", "kind"),
    [(drip, "timeout"), (silent, "timeout"), (many_headers, "broken"), (nonsense, "broken"), (hang_up, "broken")],
)
async def test_a_hostile_answer_costs_little_and_is_named(site: Site, page: object, kind: str) -> None:
    site.pages["/ond"] = page  # type: ignore[assignment]
    began = time.monotonic()
    assert await kind_of(site.url("/ond"), rules(site, timeout=2.0)) == kind
    assert time.monotonic() - began < 5


async def test_nobody_there(site: Site) -> None:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    assert await kind_of("http://findes-ikke.invalid/", rules(), nowhere) == "unreachable"
    closed = rules(site)
    with web_site() as gone:
        address = gone.url("/")
        closed = rules(gone)
    assert await kind_of(address, closed) == "unreachable"


# Redirects ------------------------------------------------------------------------------------------------------------


async def test_redirects_are_followed_by_hand_and_kept(site: Site) -> None:
    site.redirect("/a", "/b", 301)
    site.redirect("/b", site.url("/c"), 302)
    site.page("/c", "fremme")
    async with PoliteFetch(rules(site)) as fetch:
        followed = await fetch.follow("GET", site.url("/a"))
    assert followed.answer.body == b"fremme"
    assert [(hop.address, hop.status, hop.target) for hop in followed.hops] == [
        (site.url("/a"), 301, site.url("/b")),
        (site.url("/b"), 302, site.url("/c")),
    ]


async def test_five_redirects_are_followed_and_the_sixth_is_not(site: Site) -> None:
    for number in range(7):
        site.redirect(f"/{number}", f"/{number + 1}")
    site.page("/7")
    async with PoliteFetch(rules(site)) as fetch:
        assert len((await fetch.follow("GET", site.url("/2"))).hops) == 5
    assert await kind_of(site.url("/1"), rules(site)) == "loop"


async def test_a_ring_is_seen_at_once(site: Site) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    assert await kind_of(site.url("/a"), rules(site)) == "loop"
    assert site.paths().count("/a") == 1
    site.redirect("/c", "/c", 302, set_cookie="set=1")
    assert await kind_of(site.url("/c"), rules(site)) == "cookies"


# Manners --------------------------------------------------------------------------------------------------------------


async def test_we_say_who_we_are(site: Site) -> None:
    async with PoliteFetch(rules(site)) as fetch:
        await fetch.follow("GET", site.page("/side"))
    assert {one.headers["user-agent"] for one in site.asked} == {"OdderBot-linkwatch (+https://lilleby.example)"}
    assert all("cookie" not in one.headers for one in site.asked)


@pytest.mark.parametrize("agent", ["*", "OdderBot-linkwatch", "odderbot-linkwatch"])
async def test_robots_txt_is_honoured_and_read_once(site: Site, agent: str) -> None:
    site.page("/robots.txt", f"User-agent: {agent}\nDisallow: /lukket\n", content_type="text/plain")
    site.page("/lukket/side")
    async with PoliteFetch(rules(site)) as fetch:
        for _ in range(2):
            with pytest.raises(Unfetched) as raised:
                await fetch.follow("GET", site.url("/lukket/side"))
            assert raised.value.kind == "robots"
        assert (await fetch.follow("GET", site.page("/aaben"))).answer.status == 200
    assert site.paths() == ["/robots.txt", "/aaben"]


async def test_a_redirect_does_not_lead_past_robots_txt(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /lukket\n")
    site.page("/lukket")
    assert await kind_of(site.redirect("/vej", "/lukket"), rules(site)) == "robots"
    assert "/lukket" not in site.paths()


@pytest.mark.parametrize(("status", "read"), [(404, True), (403, True), (500, False), (503, False), (429, False)])
async def test_a_site_whose_robots_txt_fails_is_left_alone(site: Site, status: int, read: bool) -> None:
    site.page("/robots.txt", "fejl", status)
    site.page("/side")
    async with PoliteFetch(rules(site)) as fetch:
        if read:
            await fetch.follow("GET", site.url("/side"))
        else:
            with pytest.raises(Unfetched):
                await fetch.follow("GET", site.url("/side"))
    assert ("/side" in site.paths()) == read


async def test_a_host_is_asked_one_at_a_time_with_a_pause_between(site: Site) -> None:
    addresses = [site.page(f"/{number}") for number in range(4)]
    async with PoliteFetch(rules(site, host_delay=0.2)) as fetch:
        await asyncio.gather(*(fetch.follow("GET", address) for address in addresses))
    asked = sorted(site.asked, key=lambda one: one.began)
    assert len(asked) == 5
    assert all(after.began - before.ended > 0.15 for before, after in pairwise(asked))


async def test_a_wanted_crawl_delay_is_kept(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 1\n")
    async with PoliteFetch(rules(site)) as fetch:
        await fetch.follow("GET", site.page("/side"))
    robots, page = site.asked
    assert page.began - robots.ended > 0.9


async def test_different_hosts_do_not_wait_for_each_other(site: Site) -> None:
    def slow(handler: Handler) -> None:
        time.sleep(1.0)
        handler.say(200, "så")

    site.pages["/langsom"] = slow

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    began = time.monotonic()
    async with PoliteFetch(rules(site), here) as fetch:
        await asyncio.gather(*(fetch.follow("GET", site.url("/langsom", f"{name}.dk")) for name in "abcd"))
    assert time.monotonic() - began < 3.5


# One link -------------------------------------------------------------------------------------------------------------

NOT_FOUND = [
    "Siden findes ikke",
    "404 - Lilleby",
    "Siden blev ikke fundet | Lilleby",
    "Vi kan desværre ikke finde siden",
    "Page not found",
]


async def state_of(site: Site, address: str, seconds: float = 8.0) -> str:
    async with PoliteFetch(rules(site, timeout=seconds)) as fetch:
        return (await check_link(fetch, address)).state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "ok"),
        (404, "gone"),
        (410, "gone"),
        (500, "server_error"),
        (503, "server_error"),
        (401, "denied"),
        (403, "denied"),
        (429, "denied"),
    ],
)
async def test_what_an_answer_says_of_a_link(site: Site, status: int, state: str) -> None:
    assert await state_of(site, site.page("/side", status=status)) == state


@pytest.mark.parametrize("title", NOT_FOUND)
async def test_a_page_that_says_it_is_not_there(site: Site, title: str) -> None:
    assert await state_of(site, site.page("/a", f"<html><head><title>{title}</title>")) == "soft_404"
    assert await state_of(site, site.page("/b", f"<title>Lilleby</title><h1 class=x><b>{title}</b></h1>")) == "soft_404"


@pytest.mark.parametrize("title", ["Sådan finder du siden", "Find en side", "Bus 4042 kører igen", "Sider"])
async def test_a_page_that_is_there(site: Site, title: str) -> None:
    assert await state_of(site, site.page("/a", f"<title>{title}</title><p>Siden findes ikke</p>")) == "ok"


async def test_a_removed_page_that_sends_to_the_front_page(site: Site) -> None:
    site.page("/")
    assert await state_of(site, site.redirect("/borger/noget", "/")) == "soft_404"
    assert await state_of(site, site.redirect("/", "/da")) == "gone"


async def test_a_moved_page_gives_its_new_address_and_a_borrowed_one_does_not(site: Site) -> None:
    site.redirect("/gammel", "/nyere", 301)
    site.redirect("/nyere", "/nyest", 308)
    site.redirect("/nyest", "/login?sag=7", 302)
    site.page("/login?sag=7")
    site.redirect("/midlertidig", "/login?sag=7", 302)
    site.redirect("/flyttet-og-vaek", "/vaek", 301)
    async with PoliteFetch(rules(site)) as fetch:
        moved = await check_link(fetch, site.url("/gammel"))
        borrowed = await check_link(fetch, site.url("/midlertidig"))
        gone = await check_link(fetch, site.url("/flyttet-og-vaek"))
    assert (moved.state, moved.proposed) == ("redirected", site.url("/nyest"))
    assert [hop.status for hop in moved.hops] == [301, 308, 302]
    assert (borrowed.state, borrowed.proposed) == ("redirected", None)
    assert (gone.state, gone.proposed) == ("gone", None)


@pytest.mark.parametrize("status", [403, 404, 405, 500, 501])
async def test_a_server_that_chokes_on_head_is_asked_again(site: Site, status: int) -> None:
    site.pages["/side"] = lambda handler: handler.say(
        status if handler.command == "HEAD" else 200, "<title>Her</title>"
    )
    assert await state_of(site, site.url("/side")) == "ok"


async def test_a_server_that_is_silent_on_head_is_asked_again(site: Site) -> None:
    def hang(handler: Handler) -> None:
        if handler.command == "HEAD":
            time.sleep(4)
        handler.say(200)

    site.pages["/haenger"] = hang
    assert await state_of(site, site.url("/haenger"), seconds=1.5) == "ok"


async def test_a_file_is_not_fetched_to_know_that_it_is_there(site: Site) -> None:
    assert await state_of(site, site.page("/blanket.pdf", b"%PDF", content_type="application/pdf")) == "ok"
    assert "/blanket.pdf" not in site.paths("GET")
